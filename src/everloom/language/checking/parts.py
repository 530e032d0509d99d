"""Every part of a definition, whatever it is in: for rules that hold wherever a kind of part stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from everloom.core import Steps
from everloom.language.models.parts import Part


@dataclass(frozen=True)
class PartAt:
    """A part, and where it stands."""

    part: Part
    steps: Steps


def parts_of(part: Part, steps: Steps = ()) -> Iterator[PartAt]:
    """A part and all parts in it, tasks included."""
    yield PartAt(part, steps)
    for name, field in type(part).model_fields.items():
        if name in part.model_fields_set:
            yield from _in_value(getattr(part, name), (*steps, field.alias or name))


def _in_value(value: Any, steps: Steps) -> Iterator[PartAt]:
    if isinstance(value, Part):
        yield from parts_of(value, steps)
    elif isinstance(value, dict):
        for key, each in value.items():  # pyright: ignore[reportUnknownVariableType] - looked at below
            if isinstance(each, Part):
                yield from parts_of(each, (*steps, str(key)))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for index, each in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - looked at below
            if isinstance(each, (Part, dict)):
                yield from _in_value(each, (*steps, index))
