"""Inputs as they are typed: JSON, `@file`, `@-`. And durations."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from everloom.core import Invalid, NotFound, parse_duration


class InputFileMissing(NotFound):
    """The file that an input was to be read from cannot be read."""

    code = "input-file-missing"


class InputUnreadable(Invalid):
    """An input is not JSON."""

    code = "input-unreadable"


class DurationInvalid(Invalid):
    """An option is not a duration."""

    code = "duration-invalid"


def read_input(given: str | None) -> Any:
    """The value of an input: JSON text, the content of `@file`, or of standard input for `@-`.

    Raises:
        InputFileMissing: The file cannot be read.
        InputUnreadable: It is not JSON.
    """
    if given is None:
        return None
    text, name = _text_of(given)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{name}, line {error.lineno}, column {error.colno}"
        hint = "Quote it for the shell: '{\"name\": 1}', or write it into a file: @input.json."
        raise InputUnreadable(f"The input is not JSON: {error.msg} ({place}).", hint=hint) from None
    except RecursionError:
        raise InputUnreadable(f"The input nests too deep to be read ({name}).") from None


def read_duration(given: str | None, option: str) -> timedelta | None:
    """The value of an option that takes a duration.

    Raises:
        DurationInvalid: It is none.
    """
    if given is None:
        return None
    try:
        return parse_duration(given)
    except ValueError as error:
        raise DurationInvalid(f"`{option}`: {error}.") from None


def _text_of(given: str) -> tuple[str, str]:
    """The text, and where it came from."""
    if given == "@-":
        return sys.stdin.read(), "standard input"
    if not given.startswith("@"):
        return given, "the text given"
    path = Path(given[1:])
    try:
        return path.read_text(encoding="utf-8-sig"), str(path)
    except UnicodeDecodeError:
        raise InputUnreadable(f"{str(path)!r} is not text in UTF-8.") from None
    except OSError as error:
        raise InputFileMissing(
            f"The file {str(path)!r} cannot be read: {error.strerror}.",
            hint="Relative paths start at the current folder.",
        ) from None
