"""What YAML's parser did not like, in words for somebody who does not know YAML's grammar."""

import re
from typing import Final

_SAID: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "mapping values are not allowed",
        "Here stands a `: ` where no key can be.",
        "Put the text in quotes, or set the line back to where its neighbours begin.",
    ),
    (
        "found unexpected end of stream",
        "A text in quotes begins here and does not end.",
        "Close the quotes.",
    ),
    (
        "unexpected document separator",
        "A line that begins with `---` or `...` stands within a text in quotes.",
        "Close the quotes before it.",
    ),
    (
        "found unknown escape character",
        "A text in double quotes has a backslash before a character that needs none.",
        "Write `\\\\` for a backslash, or put the text in single quotes.",
    ),
    (
        "Unicode character",
        "An escape in double quotes names no character.",
        "Write four hexadecimal digits after `\\u`, and no half of a pair.",
    ),
    (
        "did not find expected hexdecimal number",
        "An escape in double quotes lacks its digits.",
        "Write four hexadecimal digits after `\\u`.",
    ),
    (
        "block sequence entries are not allowed",
        "A `- ` begins a list where no list can be.",
        "Begin the list in a line of its own, or put the text in quotes.",
    ),
    (
        "block mapping entries are not allowed",
        "A key stands where no key can be.",
        "Set the line back to where its neighbours begin.",
    ),
    (
        "could not find expected ':'",
        "A key has no `:` after it.",
        "Write `key: value`, each key in a line of its own.",
    ),
    (
        "did not find expected key",
        "The line stands deeper or less deep than its neighbours, or goes on after quotes.",
        "Set it back to where its neighbours begin, or put the whole text in quotes.",
    ),
    (
        "did not find expected '-' indicator",
        "The line stands among the entries of a list without being one.",
        "Begin it with `- `, or set it in or back.",
    ),
    ("',' or ']'", "A list in `[ ]` is not closed, or lacks a comma.", "Close it with `]`."),
    ("',' or '}'", "An object in `{ }` is not closed, or lacks a comma.", "Close it with `}`."),
    (
        "did not find expected <document start>",
        "The definition goes on after its end.",
        "Begin every top-level key in the first column.",
    ),
    (
        "did not find expected node content",
        "A value is missing here.",
        "Write a value, or take the comma away.",
    ),
    ("block end", "The line is set in less than the lines it belongs to.", "Set it in further."),
    (
        "undefined tag handle",
        "A word begins with `!`, which YAML keeps for tags.",
        "Put the text in quotes.",
    ),
    ("tag", "A word begins with `!`, which YAML keeps for tags.", "Put the text in quotes."),
    (
        "alphabetic or numeric character",
        "A word begins with `&` or `*`, which YAML keeps for anchors.",
        "Put the text in quotes.",
    ),
    (
        "comment or line break",
        "After `|` or `>` stands something that does not belong there.",
        "Begin the text in the next line.",
    ),
    (
        "anchor",
        "A word begins with `&` or `*`, which YAML keeps for anchors.",
        "Put the text in quotes.",
    ),
    (
        "alias",
        "A word begins with `&` or `*`, which YAML keeps for anchors.",
        "Put the text in quotes.",
    ),
    (
        "block scalar",
        "After `|` or `>` stands something that does not belong there.",
        "Begin the text in the next line.",
    ),
    ("YAML document", "The `%YAML` line names another version.", "Leave the line out."),
    ("directive", "A line begins with `%`, which YAML keeps for itself.", "Put it in quotes."),
)
_NOT_A_START = "cannot start any token"
_RESERVED = re.compile(r"[@`%]")


def explain(said: str, character: str) -> tuple[str, str]:
    """A sentence and a remedy for what the parser said about a place.

    Args:
        said: The parser's own words.
        character: What stands at the place; empty at the end of the text.
    """
    if _NOT_A_START in said:
        return _start(character)
    for part, message, hint in _SAID:
        if part in said:
            return message, hint
    return f"This cannot be read as YAML: {said}.", ""


def _start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "A tab stands where only spaces may stand.", "Set lines in with spaces."
    if _RESERVED.match(character):
        return (
            f"A text begins with `{character}`, which YAML keeps for itself.".replace(
                "```", "`` ` ``"
            ),
            "Put the text in quotes.",
        )
    return f"A text cannot begin with {character!r}.", "Put the text in quotes."
