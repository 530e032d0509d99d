"""How the reference interpreter finds and evaluates expressions: the `jq` package, nothing else."""

import re
from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

import jq
from tests.language.properties.problems import Json, is_list, is_object

WHOLE = re.compile(r"\s*\$\{(.+)\}\s*", re.DOTALL)


class ExpressionFails(Exception):
    """jq refuses the expression, fails on its input, or yields nothing."""


def evaluate(expression: str, data: Json, variables: Mapping[str, Json]) -> Json:
    """The first output of an expression-typed field, written bare or within `${ }`."""
    text = inside(expression)
    mentioned = {name: value for name, value in variables.items() if f"${name}" in text}
    try:
        return next(iter(_program(text, mentioned).input_value(data)))
    except ValueError as error:
        raise ExpressionFails(str(error)) from error
    except StopIteration:
        raise ExpressionFails(f"{text!r} yields nothing") from None


def _program(text: str, variables: dict[str, Json]) -> Any:
    return jq.compile(text, args=variables)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def is_true(value: Json) -> bool:
    """What jq takes for true: all but `false` and `null`."""
    return value is not None and value is not False


def inside(expression: str) -> str:
    """The jq text of an expression-typed field."""
    parts = list(split(expression.strip()))
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    return expression


def fill(value: Json, data: Json, variables: Mapping[str, Json]) -> Json:
    """A value of a definition with the expressions in it evaluated; keys are never touched."""
    if is_object(value):
        return {key: fill(each, data, variables) for key, each in value.items()}
    if is_list(value):
        return [fill(each, data, variables) for each in value]
    return _fill_text(value, data, variables) if isinstance(value, str) else value


def transform(wanted: Json, data: Json, variables: Mapping[str, Json]) -> Json:
    """What `from` or `as` makes of data: a text is an expression, an object is filled."""
    return (evaluate if isinstance(wanted, str) else fill)(wanted, data, variables)


def _fill_text(text: str, data: Json, variables: Mapping[str, Json]) -> Json:
    parts = list(split(text.strip()))
    if len(parts) == 1 and not parts[0][0]:
        return evaluate(parts[0][1], data, variables)
    if all(literal for literal, _ in split(text)):
        return text
    return "".join(
        part if literal else _as_text(evaluate(part, data, variables))
        for literal, part in split(text)
    )


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else dumps(value, separators=(",", ":"))


def split(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a text: literals (True) and the jq texts of its `${ }` (False)."""
    done = 0
    while (start := text.find("${", done)) >= 0:
        end = _closing(text, start + 2)
        if end < 0:
            break
        if start > done:
            yield True, text[done:start]
        yield False, text[start + 2 : end]
        done = end + 1
    whole = WHOLE.fullmatch(text)
    if done == 0 and whole:  # a comment hides the brace: by the standard's pattern, an expression
        yield False, whole[1]
    elif done < len(text) or not text:
        yield True, text[done:]


def _closing(text: str, start: int) -> int:
    """Where the brace that was opened before `start` closes, or -1."""
    open_ones = ["{"]
    position = start
    while position < len(text):
        step = _step(text[position : position + 2], open_ones)
        if not open_ones:
            return position
        if step == 0:
            position = text.find("\n", position)
            if position < 0:
                return -1
            step = 1
        position += step
    return -1


def _step(two: str, open_ones: list[str]) -> int:
    """Take one character of jq; answer how far to go, or 0 to the end of the line."""
    if open_ones[-1] == '"':
        if two == "\\(":
            open_ones.append("(")
        elif two[0] == '"':
            open_ones.pop()
        return 2 if two[0] == "\\" else 1
    if two[0] in '"{([':
        open_ones.append(two[0])
    elif two[0] in "})]":
        open_ones.pop()
    return 0 if two[0] == "#" else 1
