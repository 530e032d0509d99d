"""JSON values as Python literals. Whatever a text holds, its literal is one string and nothing else."""

import json
from typing import Any

from everloom.core import read_iso_duration
from everloom.language.models.data import DurationParts

from .printing import Call, Code, Display, Prefixed, Text, keyword

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNITS = (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1000))


def text_literal(text: str) -> str:
    """A text as a Python literal, with the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    if text.isascii() and text.isprintable():
        return quote + text.replace("\\", r"\\").replace(quote, "\\" + quote) + quote
    return quote + "".join(_escaped(letter, quote) for letter in text) + quote


def _escaped(letter: str, quote: str) -> str:
    if letter == quote:
        return "\\" + letter
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isascii() and letter.isprintable():
        return letter
    if letter.isalpha() and letter.isprintable():
        return letter
    code = ord(letter)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def literal(value: Any) -> Code:
    """A JSON value as Python."""
    if isinstance(value, str):
        return Text(text_literal(value))
    if isinstance(value, dict):
        return dictionary([(str(key), literal(part)) for key, part in value.items()])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON
    if isinstance(value, list | tuple):
        return sequence([literal(part) for part in value])  # pyright: ignore[reportUnknownVariableType] - JSON
    if isinstance(value, float):
        return Text(_number(value))
    return Text(repr(value))


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return f"{value:.1f}"
    return json.dumps(value).replace("e+", "e")  # as formatters write it


def dictionary(items: list[tuple[str, Code]]) -> Display:
    """A dictionary with text keys."""
    pairs = [Prefixed(f"{text_literal(name)}: ", value) for name, value in items]
    return Display("{", pairs, "}")


def sequence(items: list[Code]) -> Display:
    """A list of data. What is empty in it names its type, which a type checker cannot know."""
    return Display("[", [_typed(item) for item in items], "]")


def _typed(item: Code) -> Code:
    if not isinstance(item, Display) or item.items:
        return item
    return Text("dict[str, Json]()" if item.opening == "{" else "list[Json]()")


def duration_literal(value: DurationParts | str) -> Code:
    """A duration that is no expression, as a `timedelta`."""
    if isinstance(value, str):
        return _timedelta(round(read_iso_duration(value).total_seconds() * 1000))
    seconds = value.days * 86400 + value.hours * 3600 + value.minutes * 60 + value.seconds
    return _timedelta(seconds * 1000 + value.milliseconds)


def milliseconds_literal(milliseconds: int) -> Code:
    """A duration in milliseconds, as a `timedelta`."""
    return _timedelta(milliseconds)


def _timedelta(left: int) -> Code:
    parts: list[Code] = []
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(keyword(name, Text(str(count))))
    if left or not parts:
        parts.append(keyword("milliseconds", Text(str(left))))
    return Call("timedelta", parts)
