"""Docstrings of compiled code: titles and summaries, which can never end the string they are in."""

import textwrap
import unicodedata

_WIDTH = 96


def docstring(text: str, indent: int) -> list[str]:
    """A text as a docstring, wrapped and indented."""
    blanks = " " * indent
    lines = [line for part in _paragraphs(text) for line in _wrapped(part, _WIDTH - indent)]
    lines = lines or ["Compiled."]
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
