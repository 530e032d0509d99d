"""The real jq, for comparison."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

import jq

MEANING = ("is not defined", "Cannot use", "module not found")
"""What jq says of texts that are jq, but mean nothing."""


def refusal(text: str) -> str | None:
    """Why jq does not take a text as an expression, or None if it does."""
    try:
        _program(text)
    except ValueError as error:
        return str(error)
    return None


def refusal_without_variables(text: str) -> str | None:
    """Why jq does not take a text when there is no `$x`."""
    try:
        _compiled(f"({text}\n\n)")
    except ValueError as error:
        return str(error)
    return None


def is_syntax(said: str | None) -> bool:
    """Whether jq refuses the form, not the meaning."""
    return said is not None and not all(
        any(part in each for part in MEANING) for each in said.split("jq: error: ")[1:]
    )


def outcome(text: str, input: object, x: object = None, *, most: int = 40) -> list[str]:
    """Every output of an expression, as JSON, and the error that it ends with."""
    found: list[str] = []
    try:
        program = _program(text)
        document = json.dumps({"x": x, "i": input})
        found += [json.dumps(each) for each in islice(iter(program.input_text(document)), most)]
    except ValueError as error:
        found.append(f"error: {error}")
    return found


def first(text: str, input: object, variables: Mapping[str, object]) -> list[Any]:
    """The first output of an expression, or nothing where it fails or has none."""
    names = "".join(f".v.{name} as ${name} | " for name in variables)
    try:
        program = _compiled(f"{names}.i | ({text}\n\n)")
        found = iter(program.input_text(json.dumps({"v": variables, "i": input})))
        return list(islice(found, 1))
    except ValueError:
        return []


def _program(text: str) -> Any:
    return _compiled(f".x as $x | .i | ({text}\n\n)")


def _compiled(text: str) -> Any:
    return jq.compile(text)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
