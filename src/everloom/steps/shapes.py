"""Is this JSON value an object, or a list? Questions that a type checker understands the answers of."""

from typing_extensions import TypeIs

from everloom.flow import Json


def is_object(value: Json) -> TypeIs[dict[str, Json]]:
    """Whether a value is an object."""
    return isinstance(value, dict)


def is_list(value: Json) -> TypeIs[list[Json]]:
    """Whether a value is a list."""
    return isinstance(value, list)
