"""Inputs are checked before anything starts: what does not fit never reaches a history."""

from dataclasses import is_dataclass
from functools import lru_cache
from types import NoneType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json

from everloom.core import Invalid, Problem

_CARRIED_AS_THEY_ARE = (str, int, float, bytes, NoneType)


class InputInvalid(Invalid):
    """An input does not fit the type that was declared for it."""

    code = "input-invalid"


def check_input(
    of: str, expected: Any, value: object, *, hint: str = "Nothing was started."
) -> object:
    """The value as the declared type has it.

    Args:
        of: What the input is for, as a person calls it: "workflow `product-import`".
        expected: The declared type; `None` when nothing is taken.
        value: What was given.
        hint: What the refusal says besides.

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
            f"The input of {of} cannot be written as JSON: {error}.", hint=hint
        ) from None
    except ValidationError as error:
        found = "one that does not fit its fields" if exact else f"`{type(value).__name__}`"
        raise _invalid(of, expected, found, error, hint=hint) from None


def read_json(of: str, expected: Any, plain: Any) -> Any:
    """What was JSON, as the declared type has it; read as the converter of payloads reads it.

    Args:
        of: What it is for, as a person calls it.
        expected: The declared type.
        plain: Lists, dictionaries and simple values.

    Raises:
        InputInvalid: It does not fit; each problem names the field.
    """
    if expected is Any or isinstance(plain, bytes):
        return plain
    try:
        return _adapter(expected).validate_json(to_json(plain, inf_nan_mode="constants"))
    except ValidationError as error:
        raise _invalid(of, expected, f"`{type(plain).__name__}`", error) from None


def to_plain(value: object) -> Any:
    """A value as lists, dictionaries and simple values, as JSON has them."""
    return from_json(to_json(value, inf_nan_mode="constants"))


def _invalid(
    of: str, expected: Any, found: str, error: ValidationError, *, hint: str = ""
) -> InputInvalid:
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
    return InputInvalid(
        f"The input of {of} is not a `{wanted}`: found {found}.",
        hint=hint,
        problems=problems,
    )


@lru_cache(maxsize=512)
def _adapter(expected: Any) -> TypeAdapter[Any]:
    return TypeAdapter(expected)
