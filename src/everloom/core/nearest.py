"""Which known name did somebody mean?"""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None when nothing is close."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint sentence for a misspelt name: the nearest one, else all of them."""
    names = sorted(known)
    closest = nearest(name, names)
    if closest is not None:
        return f"Did you mean `{closest}`?"
    if not names:
        return "There are none yet."
    return f"Known: {', '.join(f'`{each}`' for each in names)}."
