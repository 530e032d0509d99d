"""Read JSON objects as rows, and JSON Lines line by line."""

from typing import Any

from .flattening import decoder, flatten
from .records import Record, too_long
from .refusals import RowRefused, shown

_WRONG = "This is no valid JSON object."


class JsonLinesReader:
    """Rows of JSON Lines: one object a line."""

    def __init__(self, text: bytes, longest: int, columns: dict[str, str] | None = None) -> None:
        """Read a text.

        Args:
            text: UTF-8 as far as it is valid.
            longest: Bytes a row may have.
            columns: Our fields to the items' keys; None: every key as it is.
        """
        self._text = text
        self._longest = longest
        self._columns = columns

    def read(self, start: int) -> Record:
        """The record that begins at `start`, which is the beginning of a line."""
        text = self._text
        stop = text.find(b"\n", start, start + self._longest + 1)
        if stop < 0 and len(text) > start + self._longest:
            refused = too_long(text[start : start + 400], self._longest)
            end = text.find(b"\n", start + self._longest)
            return Record(end + 1 or len(text), 1, None, refused, unfinished=end < 0)
        line = text[start:] if stop < 0 else text[start:stop]
        end = len(text) if stop < 0 else stop + 1
        if not line.strip():
            return Record(end, 1, None)
        try:
            return Record(end, 1, read_item(line, self._columns))
        except RowRefused as refused:
            return Record(end, 1, None, refused)


def read_item(raw: bytes, columns: dict[str, str] | None) -> dict[str, str]:
    """Our fields of one JSON object.

    Raises:
        RowRefused: It is none, or holds what is no text.
    """
    if b"\0" in raw:
        raise RowRefused(
            "nul-byte",
            "The row holds a NUL byte.",
            value=shown(raw[:400].decode("utf-8", "replace")),
        )
    try:
        item = decode_item(raw.decode().strip())
        values = pick(item, columns)
        "".join(values.values()).encode()
    except UnicodeError:
        raise RowRefused(
            "encoding-invalid",
            "The row holds bytes that are no characters in the file's encoding.",
            value=shown(raw[:400].decode("utf-8", "replace")),
        ) from None
    return values


def decode_item(text: str) -> dict[str, Any]:
    """One JSON object.

    Raises:
        RowRefused: It is no JSON (`json-invalid`) or no object (`row-not-object`).
    """
    try:
        item, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        raise RowRefused("json-invalid", _WRONG, value=shown(text)) from None
    if end != len(text):
        raise RowRefused("json-invalid", _WRONG, value=shown(text))
    if not isinstance(item, dict):
        raise RowRefused("row-not-object", "The row is no JSON object.", value=shown(text))
    return item  # pyright: ignore[reportUnknownVariableType] - JSON


def pick(item: dict[str, Any], columns: dict[str, str] | None) -> dict[str, str]:
    """Our fields of an item, whatever the case of its keys; all of it without columns."""
    flat = flatten(item)
    if columns is None:
        return flat
    if any(column not in flat for column in columns.values()):
        flat = {key.strip().casefold(): value for key, value in flat.items()} | flat
    return {
        field: flat.get(column, flat.get(column.casefold(), ""))
        for field, column in columns.items()
    }
