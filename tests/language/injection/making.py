"""Definitions around texts: what the places for texts have in common."""

from collections.abc import Callable, Sequence
from typing import Any

Json = Any
Object = dict[str, Json]
Texts = Sequence[str]

DO_NOTHING: Object = {"set": {"x": 1}}
ERROR: Object = {"type": "https://example.com/odd", "status": 400}


def definition(do: list[Object], **parts: Json) -> Object:
    """A definition of these tasks."""
    document = {"dsl": "1.0.3", "namespace": "injection", "name": "case", "version": "1.0.0"}
    return {"document": {**document, **parts.pop("document", {})}, **parts, "do": do}


def numbered(texts: Texts, make: Callable[[str], Object]) -> list[Object]:
    """A task for each text, called by its number."""
    return [{f"task {number}": make(text)} for number, text in enumerate(texts)]


def in_turn(texts: Texts, make: Callable[[str], Object]) -> list[Object]:
    """Tasks of which each adds its output to those before, so that all can be seen."""
    tasks = numbered(texts, make)
    for task in tasks:
        (each,) = task.values()
        each["input"] = {"from": ".found // [] | {found: .}"}
        each["output"] = {"as": "{found: ($input.found + [.])}"}
    return tasks


def same(texts: Texts) -> Json:
    """All texts as they were given, in order."""
    return {"found": list(texts)}


def count(texts: Texts) -> Json:
    """How many there were: where nothing else can be seen of them."""
    return {"found": len(texts)}
