"""What to call a part of a definition in a sentence."""

from collections.abc import Iterable

from everloom.core import Steps
from everloom.language.reading import Json

_LISTS = {"do", "try", "branches", "before", "after"}
"""Keys that hold lists of tasks."""
_NAMED = {
    "functions": "Function",
    "errors": "Error",
    "retries": "Retry policy",
    "timeouts": "Timeout",
    "authentications": "Authentication",
    "catalogs": "Catalog",
}


def name_of(steps: Steps) -> str:
    """A name for the part that the steps lead to; begins a sentence."""
    if not steps:
        return "The definition"
    last = steps[-1]
    if isinstance(last, int):
        return f"Entry {last + 1} of {_plain(steps[:-1])}"
    if _is_item(steps):
        noun = {"switch": "Case", "extensions": "Extension"}.get(str(steps[-3]), "Task")
        return f"{noun} `{short(last)}`"
    if len(steps) == 3 and steps[0] == "use":
        return f"{_NAMED.get(str(steps[1]), 'Entry')} `{short(last)}`"
    return f"`{short(last)}`"


def _plain(steps: Steps) -> str:
    name = name_of(steps)
    return name if name.startswith("`") else name[0].lower() + name[1:]


def _is_item(steps: Steps) -> bool:
    if len(steps) < 3 or not isinstance(steps[-2], int):
        return False
    return steps[-3] in _LISTS | {"switch", "extensions"}


def type_of(value: Json) -> str:
    """What a value is, in words."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{short(value)}`"
        case list():
            return "a list"
        case _:
            return "an object"


def said_of(names: Iterable[str]) -> str:
    """Names in a row: `a`, `b` and `c`."""
    quoted = [f"`{short(str(name))}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def short(text: object) -> str:
    """A text that fits a sentence, in one line."""
    line = str(text).replace("\n", "⏎").replace("\r", "⏎")
    return line if len(line) <= 60 else f"{line[:57]}…"
