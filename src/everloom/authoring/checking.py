"""Inputs are checked before anything starts: what does not fit never reaches a history."""

from dataclasses import is_dataclass
from functools import lru_cache
from types import NoneType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from everloom.core import Invalid, Problem

_CARRIED_AS_THEY_ARE = (str, int, float, bytes, NoneType)


class InputInvalid(Invalid):
    """An input does not fit the type that was declared for it."""

    code = "input-invalid"


def check_input(of: str, expected: Any, value: object) -> object:
    """The value as the declared type has it.

    Args:
        of: What the input is for, as a person calls it: "workflow `product-import`".
        expected: The declared type; `None` when nothing is taken.
        value: What was given.

    Raises:
        InputInvalid: It does not fit; each problem names the field.
    """
    if expected is Any:
        return value
    exact = isinstance(expected, type) and type(value) is expected
    if exact and not (is_dataclass(expected) or issubclass(expected, BaseModel)):
        return value
    adapter = _adapter(expected)
    try:
        checked = value if exact else adapter.validate_python(value)
        if not isinstance(checked, _CARRIED_AS_THEY_ARE):
            # What the worker will read: an object may hold what its fields do not allow.
            adapter.validate_json(adapter.dump_json(checked, by_alias=True, warnings=False))
        return checked
    except PydanticSerializationError as error:
        raise InputInvalid(
            f"The input of {of} cannot be written as JSON: {error}.", hint="Nothing was started."
        ) from None
    except ValidationError as error:
        problems = [
            Problem(
                "input-invalid",
                f"{detail['msg'].removeprefix('Value error, ')}.",
                "",
                ".".join(str(part) for part in detail["loc"]),
            )
            for detail in error.errors(include_url=False, include_context=False)
        ]
        wanted = getattr(expected, "__name__", str(expected))
        found = "one that does not fit its fields" if exact else f"`{type(value).__name__}`"
        raise InputInvalid(
            f"The input of {of} is not a `{wanted}`: found {found}.",
            hint="Nothing was started.",
            problems=problems,
        ) from None


@lru_cache(maxsize=512)
def _adapter(expected: Any) -> TypeAdapter[Any]:
    return TypeAdapter(expected)
