"""What can be set, what is set, and where it came from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import override

from everloom.core import format_duration

from .loading import Loaded
from .masking import masked
from .sections import AppSettings
from .tree import Settings

_APPS = "apps"


@dataclass(frozen=True)
class SettingRow:
    """One setting as a person sees it."""

    name: str
    """Dotted, as in the file: `worker.drain`."""

    variable: str
    """The environment variable that sets it."""

    value: str
    """As it is written in the file; secrets as `**********`."""

    source: str
    """`default`, a file's name, or a variable's."""

    meaning: str
    """What it is for."""


def describe_settings(
    loaded: Loaded, applications: Sequence[type[AppSettings]] = ()
) -> list[SettingRow]:
    """Every setting with value, source and meaning; secrets are masked.

    Args:
        loaded: What holds, and where it came from.
        applications: Classes of applications' own settings, so that theirs are explained too.

    Raises:
        SettingsInvalid: What is set for an application does not fit its class.
    """
    rows = list(_rows(loaded.settings, (), loaded.sources))
    known = {section.app for section in applications}
    for section in applications:
        rows += _rows(loaded.settings.app(section), (_APPS, section.app), loaded.sources)
    for app, values in loaded.settings.apps.items():
        if app not in known:
            rows += _unexplained(values, (_APPS, app), loaded.sources)
    return rows


class _AsWritten(GenerateJsonSchema):
    """Defaults as people write them in the file: `20m`, not `PT20M`."""

    @override
    def encode_default(self, dft: Any) -> Any:
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def settings_schema(applications: Sequence[type[AppSettings]] = ()) -> dict[str, Any]:
    """JSON Schema of the settings file."""
    schema = Settings.model_json_schema(schema_generator=_AsWritten)
    inner = [section.model_json_schema(schema_generator=_AsWritten) for section in applications]
    for each in inner:
        schema["$defs"].update(each.pop("$defs", {}))
    if inner:
        names = [section.app for section in applications]
        schema["properties"][_APPS]["properties"] = dict(zip(names, inner, strict=True))
    return schema


def _rows(
    model: BaseModel, above: tuple[str, ...], sources: Mapping[tuple[str, ...], str]
) -> Iterator[SettingRow]:
    written = model.model_dump(mode="json")
    for name, field in type(model).model_fields.items():
        value: object = getattr(model, name)
        path = (*above, name)
        if path == (_APPS,):
            continue  # each application's own rows follow
        if isinstance(value, BaseModel):
            yield from _rows(value, path, sources)
            continue
        meaning = " ".join((field.description or "").split())
        yield _row(path, written[name], sources, meaning)


def _unexplained(
    value: object, path: tuple[str, ...], sources: Mapping[tuple[str, ...], str]
) -> Iterator[SettingRow]:
    """What is set for an application whose class of settings was not found."""
    inner: dict[str, object] = value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType] - any mapping
    for name, each in inner.items():
        yield from _unexplained(each, (*path, name), sources)
    if not inner:
        yield _row(path, value, sources, "")  # pyright: ignore[reportUnknownArgumentType]


def _row(
    path: tuple[str, ...], value: object, sources: Mapping[tuple[str, ...], str], meaning: str
) -> SettingRow:
    return SettingRow(
        name=".".join(path),
        variable="EVERLOOM_" + "__".join(path).upper(),
        value=_shown(masked(path[-1], value)),
        source=_source(path, sources),
        meaning=meaning,
    )


def _source(path: tuple[str, ...], sources: Mapping[tuple[str, ...], str]) -> str:
    found = {source for given, source in sources.items() if _belongs(given, path)}
    return ", ".join(sorted(found)) or "default"


def _belongs(given: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether what was given stands at, below or above a path; above: a whole section in one value."""
    return given[: len(path)] == path or (given[:1] == (_APPS,) and path[: len(given)] == given)


def _shown(written: object) -> str:
    """A value as JSON has it."""
    if written is None or written in ({}, []):
        return "none"
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
