"""Names of Python for names of definitions."""

import keyword
import re
from collections.abc import Iterable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 48
_LIKE_DIGITS = frozenset({"l", "I", "O"})


def snake(name: str) -> str:
    """A name as Python spells functions: `getPet` becomes `get_pet`."""
    words = _NO_NAME.sub("_", _HUMP.sub("_", name)).strip("_").lower()
    words = words[:_LONGEST].strip("_") or "task"
    return f"n{words}" if words[0].isdigit() else words


def pascal(name: str) -> str:
    """A name as Python spells classes: `order-pet` becomes `OrderPet`."""
    return "".join(word[:1].upper() + word[1:] for word in snake(name).split("_"))


def upper(name: str) -> str:
    """A name as Python spells constants: `flakyApi` becomes `FLAKY_API`."""
    return snake(name).upper()


class Names:
    """Names that are taken in one place."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def take(self, wanted: str) -> str:
        """A name that nobody has, as near to the wanted one as can be."""
        name = f"{wanted}_" if _is_no_name(wanted) else wanted
        number = 2
        while name in self._taken or name.startswith("__"):
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def _is_no_name(wanted: str) -> bool:
    """Whether Python gives it a meaning, or readers take it for a digit."""
    return keyword.iskeyword(wanted) or keyword.issoftkeyword(wanted) or wanted in _LIKE_DIGITS
