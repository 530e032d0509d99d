"""Which words of a shell command are read as code, by whatever program they are handed to?

A value that is handed over as one argument is safe only as long as nobody reads it as a program
afterwards. This knows the programs that authors use for that; it cannot know all. Pure.
"""

from collections.abc import Sequence
from posixpath import basename

PREFIXES = frozenset(
    [
        "!",
        "{",
        "(",
        "if",
        "then",
        "elif",
        "else",
        "while",
        "until",
        "do",
        "exec",
        "command",
        "env",
        "nohup",
        "sudo",
        "time",
        "nice",
        "setsid",
        "xargs",
    ]
)
"""After these, the name of a program may follow."""

READ_AGAIN = frozenset(
    ["eval", "trap", "alias", "let", "declare", "typeset", "[[", ".", "source", "ssh"]
)
"""What reads its arguments as commands, expressions or files of commands."""

_SHELLS = dict.fromkeys(["sh", "bash", "dash", "ash", "ksh", "zsh", "fish", "su"], "c")
_FLAGS = {**_SHELLS, "python": "c", "perl": "eE", "ruby": "e", "node": "ep", "php": "r"}
"""Interpreters, and the letters of the options that are followed by code."""

_LONG = frozenset({"--eval", "--print", "--command", "--execute"})
_EDITORS = frozenset(["awk", "gawk", "mawk", "nawk", "sed", "gsed"])
_WITH_VALUE = frozenset({"-v", "-F", "-f", "--assign", "--field-separator"})


def program_of(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The program that a command calls, without its folder, and the words after it.

    Args:
        words: Those of one simple command, without quotes.
    """
    for at, word in enumerate(words):
        if word not in PREFIXES and not is_assignment(word):
            return basename(word), words[at + 1 :]
    return "", ()


def is_assignment(word: str) -> bool:
    """Whether a word sets a variable, as in `NAME=value`."""
    name, equals, _ = word.partition("=")
    return bool(equals) and name.replace("_", "a").isalnum() and not name[0].isdigit()


def is_interpreter(program: str) -> bool:
    """Whether a program reads code from its standard input."""
    return _family(program) in _FLAGS


def is_code(words: Sequence[str], word: str) -> bool:
    """Whether a word is read as code by the program of its command.

    Args:
        words: The words before it.
        word: What stands in it before the place that is asked for.
    """
    program, before = program_of(words)
    if program in READ_AGAIN:
        return True
    if program in _EDITORS:
        return _is_edit(before, word)
    # Anywhere among the words: `find -exec sh -c …`, `sudo -u nobody sh -c …`.
    letters = "".join(_FLAGS.get(_family(basename(each)), "") for each in words)
    return _is_flag(words[-1] if words else "", letters) or _is_flag(word, letters)


def _is_flag(word: str, letters: str) -> bool:
    if word.startswith("--"):
        return bool(letters) and word.partition("=")[0] in _LONG
    return word.startswith("-") and any(letter in word for letter in letters)


def _is_edit(before: Sequence[str], word: str) -> bool:
    last = before[-1] if before else ""
    if last in {"-e", "--expression"} or word.startswith(("-e", "--expression")):
        return True
    if word.startswith("-") or last in _WITH_VALUE:
        return False
    given = [
        each
        for at, each in enumerate(before)
        if not each.startswith("-") and not (at and before[at - 1] in _WITH_VALUE)
    ]
    return not given and not {"-f", "-e"} & set(before)


def _family(program: str) -> str:
    """`python` for `python3.11`, and alike."""
    return program.rstrip("0123456789.")
