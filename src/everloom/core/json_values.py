"""JSON values in Python."""

from typing import Any, TypeAlias, TypeGuard

Json: TypeAlias = Any
"""A JSON value: null, boolean, number, string, list, or object with text keys."""


def is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: Json) -> TypeGuard[list[Json]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)
