"""Python expressions, laid out as the formatter of Python projects (ruff, black) lays them out.

Compiled code is stored and compared as text, and a person may take it over, so it leaves here
formatted. Only the few forms that compiled code uses are known.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 100
STEP = 4


@dataclass(frozen=True)
class Text:
    """Something that is never broken: a name, a literal."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call, with what is called as text."""

    called: str
    arguments: "Sequence[Code]" = ()


@dataclass(frozen=True)
class Display:
    """A list, dictionary or tuple."""

    opening: str
    items: "Sequence[Code]"
    closing: str


@dataclass(frozen=True)
class Prefixed:
    """Something with text before it that stays on its line: `await `, `name=`, `"key": `."""

    prefix: str
    inner: "Code"


Code: TypeAlias = Text | Call | Display | Prefixed


def keyword(name: str, value: Code) -> Prefixed:
    """A keyword argument."""
    return Prefixed(f"{name}=", value)


def listed(*items: Code) -> Display:
    """A list."""
    return Display("[", items, "]")


def tupled(*items: Code) -> Display:
    """A tuple."""
    return Display("(", items, ")")


def flat(code: Code) -> str:
    """The expression in one line."""
    match code:
        case Text(text):
            return text
        case Prefixed(prefix, inner):
            return prefix + flat(inner)
        case Call(called, arguments):
            return f"{called}({', '.join(map(flat, arguments))})"
        case Display(opening, items, closing):
            comma = "," if opening == "(" and len(items) == 1 else ""
            return f"{opening}{', '.join(map(flat, items))}{comma}{closing}"


def lay_out(
    code: Code, indent: int, *, prefix: str = "", suffix: str = "", margin: int = 0
) -> list[str]:
    """The expression in as many lines as it needs.

    Args:
        code: The expression.
        indent: Blanks before it.
        prefix: What stands before it in its first line, such as `return `.
        suffix: What stands behind it in its last line, such as a comma.
        margin: Columns by which whoever asks will move the lines to the right.
    """
    line = f"{' ' * indent}{prefix}{flat(code)}{suffix}"
    if margin + width(line) <= WIDTH:
        return [line]
    match code:
        case Prefixed(more, inner):
            return lay_out(inner, indent, prefix=prefix + more, suffix=suffix, margin=margin)
        case Call(arguments=arguments) if arguments:
            return _call(code, indent, (prefix, suffix), margin)
        case Display(opening, items, closing) if items:
            inside = [
                line
                for item in items
                for line in lay_out(item, indent + STEP, suffix=",", margin=margin)
            ]
            blanks = " " * indent
            return [f"{blanks}{prefix}{opening}", *inside, f"{blanks}{closing}{suffix}"]
        case _:
            return [line]


def _call(call: Call, indent: int, around: tuple[str, str], margin: int) -> list[str]:
    blanks, inner = " " * indent, indent + STEP
    together = ", ".join(map(flat, call.arguments))
    if margin + inner + width(together) <= WIDTH:
        inside = [" " * inner + together]
    else:
        comma = "," if len(call.arguments) > 1 else ""
        inside = [
            line
            for each in call.arguments
            for line in lay_out(each, inner, suffix=comma, margin=margin)
        ]
    return [f"{blanks}{around[0]}{call.called}(", *inside, f"{blanks}){around[1]}"]


def width(line: str) -> int:
    """Columns that a line takes: wide characters count two."""
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def laid(code: Code, *, prefix: str = "", suffix: str = "", deeper: int = 0) -> list[str]:
    """A statement of a method: lines without the indentation that the method will give them.

    Args:
        code: The expression.
        prefix: What stands before it.
        suffix: What stands behind it.
        deeper: Blocks of the method that the statement is in.
    """
    return lay_out(code, 0, prefix=prefix, suffix=suffix, margin=STEP * (2 + deeper))
