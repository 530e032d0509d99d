"""What can be set, what is set, and where it came from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from .loading import Loaded
from .tree import Settings


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


def describe_settings(loaded: Loaded) -> list[SettingRow]:
    """Every setting with value, source and meaning; secrets are masked."""
    return list(_rows(loaded.settings, (), loaded.sources))


def settings_schema() -> dict[str, Any]:
    """JSON Schema of the settings file."""
    return Settings.model_json_schema()


def _rows(
    model: BaseModel, above: tuple[str, ...], sources: Mapping[tuple[str, ...], str]
) -> Iterator[SettingRow]:
    written = model.model_dump(mode="json")
    for name, field in type(model).model_fields.items():
        value: object = getattr(model, name)
        path = (*above, name)
        if isinstance(value, BaseModel):
            yield from _rows(value, path, sources)
            continue
        yield SettingRow(
            name=".".join(path),
            variable="EVERLOOM_" + "__".join(path).upper(),
            value=_shown(written[name]),
            source=_source(path, sources),
            meaning=" ".join((field.description or "").split()),
        )


def _source(path: tuple[str, ...], sources: Mapping[tuple[str, ...], str]) -> str:
    found = {source for given, source in sources.items() if given[: len(path)] == path}
    return ", ".join(sorted(found)) or "default"


def _shown(written: object) -> str:
    """A value as JSON has it; what an application keeps below `apps` may be secret, so it is not shown."""
    if written is None or written in ({}, []):
        return "none"
    return written if isinstance(written, str) else json.dumps(written)
