"""Which character of the text is this character of a value? For problems inside of expressions.

YAML folds lines, drops indents and reads escapes; where the way back is not certain, the beginning
of the value has to do.
"""

import re
from collections.abc import Sequence

from .nodes import Node, Span

_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]")
"""Two escapes of JSON that make one character."""

_ESCAPED = {"x": 4, "u": 6, "U": 10}
"""Lengths of the escapes in double quotes that are longer than two characters."""


def place_inside(node: Node, offset: int, lines: Sequence[str]) -> Span:
    """Line and column of a character of a text.

    Args:
        node: The text.
        offset: Which of its characters, from 0.
        lines: The lines of the source.
    """
    if not isinstance(node.value, str) or not 0 <= offset <= len(node.value):
        return node.place
    match node.style:
        case "plain":
            return _in_plain(node, offset, lines)
        case "single" | "double":
            return _in_quotes(node, offset, lines)
        case "literal":
            return _in_literal(node, offset, lines)
        case "folded":
            return _in_folded(node, offset, lines)
        case "none":
            return node.place


def _in_plain(node: Node, offset: int, lines: Sequence[str]) -> Span:
    line, column = node.place
    begin = node.value[: offset + 1]
    if lines[line - 1].startswith(begin, column - 1):
        return line, column + offset
    return node.place


def _in_quotes(node: Node, offset: int, lines: Sequence[str]) -> Span:
    line, column = node.place
    text, at = lines[line - 1], column  # after the quote, counted from 0
    for _ in range(offset):
        at += _length(text, at, double=node.style == "double")
    return (line, at + 1) if at < len(text) else node.place


def _length(text: str, at: int, *, double: bool) -> int:
    """How many characters of the source one character of the value takes."""
    if double and text.startswith("\\", at):
        if _PAIR.match(text, at):
            return 12
        return _ESCAPED.get(text[at + 1 : at + 2], 2)
    return 2 if not double and text.startswith("''", at) else 1


def _in_literal(node: Node, offset: int, lines: Sequence[str]) -> Span:
    before: str = node.value[:offset]
    number = node.place[0] + before.count("\n")  # the value begins a line below its `|`
    if number >= len(lines):
        return node.place
    column = offset - (before.rfind("\n") + 1)
    content: str = node.value.split("\n")[before.count("\n")]
    indent = len(lines[number]) - len(content)
    if indent < 0 or not lines[number].endswith(content):
        return node.place
    return number + 1, indent + column + 1


def _in_folded(node: Node, offset: int, lines: Sequence[str]) -> Span:
    at = 0
    for number in range(node.place[0], len(lines)):
        content = lines[number].lstrip(" ")
        if content and not node.value.startswith(content, at):
            break
        if offset < at + len(content):
            return number + 1, len(lines[number]) - len(content) + offset - at + 1
        at += len(content)
        while at < len(node.value) and node.value[at] in " \n" and at < offset:
            at += 1
    return node.place
