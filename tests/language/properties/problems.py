"""Faults of the reference interpreter: RFC 7807 objects, carried by one exception."""

import re
from typing import Any, TypeAlias, TypeGuard

Json: TypeAlias = Any
Problem: TypeAlias = dict[str, Json]

ERRORS = "https://open-workflow-specification.org/spec/1.0.0/errors/"
STATUSES = {"expression": 400, "validation": 400, "runtime": 500}
OLD_AND_NEW = re.compile(
    r"https://(?:open-workflow-specification\.org|serverlessworkflow\.io)"
    r"/(?:spec/1\.0\.0/errors|dsl/errors/types)/([a-z]+)"
)


def normal_type(uri: str) -> str:
    """The URI as it is raised, whichever of its four spellings a definition uses."""
    found = OLD_AND_NEW.fullmatch(uri)
    return ERRORS + found[1] if found else uri


class TaskFault(Exception):
    """What a task ends with when it does not complete."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def standard_fault(kind: str, instance: str, detail: str) -> TaskFault:
    """A fault of one of the standard types."""
    return TaskFault(
        {
            "type": ERRORS + kind,
            "status": STATUSES[kind],
            "title": kind,
            "detail": detail,
            "instance": instance,
        }
    )


def is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: Json) -> TypeGuard[list[Json]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


def same_json(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal, where `1` is not `true` but is `1.0`."""
    if is_object(one) and is_object(other):
        return one.keys() == other.keys() and all(same_json(one[k], other[k]) for k in one)
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(map(same_json, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
