"""JSON pointers (RFC 6901): how parts of a definition are named in problems, traces and faults."""

from collections.abc import Iterable

from .json_values import Json, is_list, is_object

Steps = tuple[str | int, ...]
"""The way from a definition to one of its parts: keys of objects, indexes of lists."""


def pointer(steps: Iterable[str | int]) -> str:
    """The pointer to the part that the steps lead to; empty for the whole definition."""
    return "".join(f"/{escape_step(str(step))}" for step in steps)


def escape_step(step: str) -> str:
    """One step as a pointer writes it."""
    return step.replace("~", "~0").replace("/", "~1")


def steps_of(text: str) -> tuple[str, ...]:
    """The steps of a pointer, all of them as text."""
    if not text:
        return ()
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def found_at(document: Json, text: str) -> Json:
    """What is at a pointer; null when there is nothing."""
    found = document
    for step in steps_of(text):
        if is_object(found):
            found = found.get(step)
        elif is_list(found) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found
