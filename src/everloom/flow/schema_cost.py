"""How much work may it be to hold data against a JSON Schema?

A validator cannot be interrupted, and holds the interpreter's lock. A few lines of schema may ask for
more than it could ever do: choices whose parts are choices, or a schema that refers to itself in two
of them. So it is counted beforehand how often a schema looks at one value of the data at most.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from everloom.core import Json, found_at, is_list, is_object

MANY = 10**9
"""More need not be told apart."""

PATTERN = 500
"""Looks that a pattern takes which goes back and tries again; it may do so ten times as often."""

_SAME = ("not", "if", "then", "else", "$ref", "$dynamicRef", "$recursiveRef")
_SAME_LISTS = ("allOf", "anyOf", "oneOf")
_SAME_MAPS = ("dependentSchemas", "dependencies")
_INSIDE = (
    "items", "contains", "additionalItems", "additionalProperties", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_GOES_BACK = re.compile(r"\(\?[=!<]|\\[1-9k]")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class SchemaCost:
    """What a schema costs."""

    def __init__(self, document: Json) -> None:
        """Take the whole document, since its parts refer to each other."""
        self._document = document
        self._named: dict[str, Json] | None = None
        self._known: dict[tuple[int, int], int] = {}
        self._open: set[tuple[int, int]] = set()

    def looks(self, depth: int) -> int:
        """How often it looks at one value, at most, in data that nests so deep."""
        try:
            return max(self._looks(self._document, level) for level in range(depth + 1))
        except RecursionError:  # the validator would not get to the end of that either
            return MANY

    def _looks(self, schema: Json, level: int) -> int:
        """How often it looks at a value so many levels below the one it is for."""
        if not is_object(schema):
            return 1 if level == 0 else 0
        key = (id(schema), level)
        if key in self._open:  # it is for the value that it is already for
            return 0
        if key not in self._known:
            self._open.add(key)
            found = len(schema) + 1 + _tries(schema) if level == 0 else 0
            found += sum(self._looks(each, level) for each in self._same(schema))
            if level > 0:
                found += self._inside(schema, level - 1)
            self._open.discard(key)
            self._known[key] = min(found, MANY)
        return self._known[key]

    def _same(self, schema: Mapping[str, Json]) -> Iterator[Json]:
        """The schemas that it asks of the same value."""
        for name in _SAME:
            if name in schema:
                target = schema[name]
                yield self._target(target) if name in _REFERENCES else target
        for name in _SAME_LISTS:
            yield from _listed(schema.get(name))
        for name in _SAME_MAPS:
            yield from _mapped(schema.get(name))

    def _inside(self, schema: Mapping[str, Json], level: int) -> int:
        """How often it looks at one value below; that has one name or one place."""
        looks = self._looks
        found = max((looks(each, level) for each in _mapped(schema.get("properties"))), default=0)
        found += sum(looks(each, level) for each in _mapped(schema.get("patternProperties")))
        placed = [*_listed(schema.get("prefixItems")), *_listed(schema.get("items"))]
        found += max((looks(each, level) for each in placed), default=0)
        return found + sum(
            looks(schema[name], level)
            for name in _INSIDE
            if name in schema and not is_list(schema[name])
        )

    def _target(self, reference: Json) -> Json:
        """What a reference leads to; the whole document where that is not plain."""
        if not isinstance(reference, str):
            return True
        if reference.startswith("#/"):
            return found_at(self._document, reference[1:])
        if self._named is None:
            self._named = dict(_named(self._document))
        return self._named.get(reference.lstrip("#"), self._document)


def _tries(schema: Mapping[str, Json]) -> int:
    patterns = [schema.get("pattern"), *(schema.get("patternProperties") or ())]
    backs = sum(1 for each in patterns if _is_text(each) and _GOES_BACK.search(each))
    return PATTERN * backs


def _named(schema: Json) -> Iterator[tuple[str, Json]]:
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if is_object(each):
            for name in ("$anchor", "$dynamicAnchor", "$id", "id"):
                if _is_text(each.get(name)):
                    yield each[name].lstrip("#"), each
            waiting += each.values()
        elif is_list(each):
            waiting += each


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str)


def _listed(value: Json) -> list[Json]:
    return value if is_list(value) else []


def _mapped(value: Json) -> list[Json]:
    return list(value.values()) if is_object(value) else []
