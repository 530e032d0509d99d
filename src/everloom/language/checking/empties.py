"""Has every key a value? An empty one is a mistake in writing, which pydantic would take for absence."""

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from .notes import Notes
from .parts import PartAt


def check_empties(parts: Iterable[PartAt], notes: Notes) -> None:
    """Refuse keys without values, except where null is a value."""
    for at in parts:
        model = type(at.part)
        for name in at.part.model_fields_set & optional_fields(model):
            if getattr(at.part, name) is None:
                key = model.model_fields[name].alias or name
                notes.add(
                    "value-empty",
                    (*at.steps, key),
                    f"`{key}` is empty.",
                    "Give it a value, or leave it out.",
                    at_key=True,
                )


@cache
def optional_fields(model: type[BaseModel]) -> frozenset[str]:
    """Fields that are None when they are left out, and never else."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if type(None) in get_args(field.annotation) and field.annotation is not Any
    )
