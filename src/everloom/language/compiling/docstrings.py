"""Docstrings of compiled code: titles and summaries, which can never end the string they are in."""

import textwrap
import unicodedata

_WIDTH = 92


def docstring(text: str, indent: int) -> list[str]:
    """A text as a docstring, wrapped and indented."""
    blanks = " " * indent
    lines = _lines(text, _WIDTH - indent) or ["Compiled."]
    raw = "r" if any("\\" in line for line in lines) else ""
    if lines[-1].endswith("\\"):
        lines[-1] += "."  # or it would take the quotes with it
    if len(lines) == 1:
        return [f'{blanks}{raw}"""{lines[0]}"""']
    body = [f"{blanks}{line}".rstrip() for line in lines[1:]]
    return [f'{blanks}{raw}"""{lines[0]}', *body, f'{blanks}"""']


def sentence(text: str) -> str:
    """One line, with a stop at its end."""
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?", ":")) else f"{line}."


def _lines(text: str, width: int) -> list[str]:
    """A summary in one line, and apart from it what more there is: all of it, if that is longer."""
    wrapped = [_wrapped(line, width) for line in _paragraphs(text)]
    if not wrapped:
        return []
    if len(wrapped[0]) > 1:
        wrapped.insert(0, [f"{wrapped[0][0].rstrip('.,;:')} ..."])
    elif not wrapped[0][0].endswith((".", "!", "?")):
        wrapped[0] = [f"{wrapped[0][0]}."]
    if len(wrapped) > 1 and wrapped[1] != [""]:
        wrapped.insert(1, [""])
    return [line for part in wrapped for line in part]


def _paragraphs(text: str) -> list[str]:
    """Lines without anything that could end the docstring or change what a reader sees."""
    plain = "".join(_plain(letter) for letter in text.replace("\r\n", "\n").replace("\t", "    "))
    lines = [line.rstrip() for line in plain.strip().split("\n")]
    lines[1:] = textwrap.dedent("\n".join(lines[1:])).split("\n") if lines[1:] else []
    return [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]


def _plain(letter: str) -> str:
    if letter == '"':
        return "'"
    if letter == "\n" or (letter.isprintable() and unicodedata.category(letter) != "Cf"):
        return letter
    return " "


def _wrapped(line: str, width: int) -> list[str]:
    if not line:
        return [""]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
