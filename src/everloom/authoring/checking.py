"""Inputs are checked before anything starts: what does not fit never reaches a history."""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from everloom.core import Invalid, Problem


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
    if isinstance(expected, type) and type(value) is expected:
        return value
    try:
        return _adapter(expected).validate_python(value)
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
        raise InputInvalid(
            f"The input of {of} is not a `{wanted}`: found `{type(value).__name__}`.",
            hint="Nothing was started.",
            problems=problems,
        ) from None


@lru_cache(maxsize=512)
def _adapter(expected: Any) -> TypeAdapter[Any]:
    return TypeAdapter(expected)
