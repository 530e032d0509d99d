"""Find out which column of a file holds which of our fields."""

from collections.abc import Sequence

from everloom.core import did_you_mean, nearest
from mail_platform.models import PRODUCT_COLUMNS, ImportRequest

from .errors import HeaderMissingColumns, MappingInvalid
from .presets import GENERIC, PRESETS, Preset
from .values import fold

_NAMES = {
    preset.name: {field: names.split("; ") for field, names in preset.columns.items()}
    for preset in PRESETS
}
_KNOWN = frozenset(
    name for fields in _NAMES.values() for names in fields.values() for name in names
)


def fold_column(name: str) -> str:
    """A column's name as it is compared: `g:Image_Link` is `image link`."""
    return fold(name.strip().removeprefix("g:"))


def count_known(header: Sequence[str], request: ImportRequest) -> int:
    """How many of these columns some preset or the own mapping knows."""
    known = _KNOWN | {fold_column(column) for column in request.columns.values() if column}
    return sum(fold_column(name) in known for name in header)


def choose_preset(header: Sequence[str], request: ImportRequest) -> Preset:
    """The preset that was asked for, else the one whose signature the header bears."""
    if request.preset is not None:
        return next(preset for preset in PRESETS if preset.name == request.preset)
    folded = {fold_column(name) for name in header}
    for preset in PRESETS:
        if any(folded.issuperset(signature.split("; ")) for signature in preset.signatures):
            return preset
    return GENERIC


def map_columns(
    header: Sequence[str], preset: Preset, request: ImportRequest, *, closed: bool = True
) -> dict[str, str]:
    """Our fields to the file's columns. The own mapping goes before the preset's.

    Args:
        header: The file's columns.
        preset: Whose names are looked for.
        request: Holds the own mapping; an empty column there leaves a field out.
        closed: The header holds every column. In JSON it does not: an item may bring more.

    Raises:
        MappingInvalid: The own mapping names no field of ours, or no column of the file.
        HeaderMissingColumns: Nothing holds the id or the title.
    """
    by_folded = {fold_column(name): name for name in reversed(header)}
    columns = {
        field: by_folded[name]
        for field, names in _NAMES[preset.name].items()
        if (name := next((name for name in names if name in by_folded), None)) is not None
    }
    for field, column in request.columns.items():
        columns.update(_own(field, column, by_folded, closed=closed))
    columns = {field: column for field, column in columns.items() if column}
    _check_complete(header, preset, columns)
    return columns


def _own(field: str, column: str, by_folded: dict[str, str], *, closed: bool) -> dict[str, str]:
    if field not in PRODUCT_COLUMNS:
        raise MappingInvalid(
            f"`columns` maps {field!r}, which is no field of a product.",
            hint=did_you_mean(field, PRODUCT_COLUMNS),
        )
    found = by_folded.get(fold_column(column), "") if column else ""
    if column and not found and closed:
        raise MappingInvalid(
            f"`columns` maps {field!r} to the column {column!r}, which the file does not have.",
            hint=did_you_mean(column, by_folded.values()),
        )
    return {field: found or column.strip()}


def _check_complete(header: Sequence[str], preset: Preset, columns: dict[str, str]) -> None:
    has_id = "product_id" in columns or {"sku", "handle"} & columns.keys()
    missing = [
        field
        for field, present in (("product_id", has_id), ("title", "title" in columns))
        if not present
    ]
    if not missing:
        return
    guess = nearest(missing[0], [name for name in header if name]) or "their column"
    raise HeaderMissingColumns(
        f"No column is known to hold {' and '.join(f'`{field}`' for field in missing)}; "
        f"found: {', '.join(f'`{name[:40]}`' for name in header[:30] if name) or 'none'}.",
        hint=f"Map it: `columns: {{{missing[0]}: {guess}}}` "
        f"(the names of the preset `{preset.name}` were looked for).",
    )
