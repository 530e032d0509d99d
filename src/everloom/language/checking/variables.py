"""Are the names of variables names, and free?"""

import re
from collections.abc import Iterable

from everloom.core import Steps
from everloom.language.models.tasks import Catch, ForWhat, Iterator

from .naming import short
from .notes import Notes
from .parts import PartAt
from .places import STANDARD

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 100
_TAKEN = STANDARD | {"ENV", "__loc__", "__prog_args"}


def check_variables(parts: Iterable[PartAt], notes: Notes) -> None:
    """Check the names that loops, listeners and catches give to variables."""
    for at in parts:
        match at.part:
            case ForWhat(each=each, at=index):
                _check_both(each, index, at.steps, "each", notes=notes)
            case Iterator(item=item, at=index):
                _check_both(item, index, at.steps, "item", notes=notes)
            case Catch(as_=name):
                _check(name, (*at.steps, "as"), notes)
            case _:
                pass


def _check_both(name: str, index: str, steps: Steps, key: str, *, notes: Notes) -> None:
    _check(name, (*steps, key), notes)
    _check(index, (*steps, "at"), notes)
    if name == index:
        notes.add(
            "variable-taken",
            (*steps, key),
            f"`{key}` and `at` are both called `{short(name)}`.",
            "Give one of the two another name.",
        )


def _check(name: str, steps: Steps, notes: Notes) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        notes.add(
            "variable-not-a-name",
            steps,
            f"`{short(name)}` cannot be the name of a variable.",
            f"Use letters, digits and `_`, no digit first, at most {_LONGEST} characters.",
        )
    elif name in _TAKEN:
        notes.add(
            "variable-taken",
            steps,
            f"`${name}` means something already.",
            "Choose another name.",
        )
