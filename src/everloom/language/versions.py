"""Which of several versions is the newest? Order of versions as in Semantic Versioning 2.0."""

import re
from collections.abc import Collection

_NUMBER = re.compile(r"\d+")


def version_key(version: str) -> tuple[tuple[int, ...], bool, tuple[tuple[int, int, str], ...]]:
    """What versions are sorted by."""
    core, _, before = version.partition("+")[0].partition("-")
    numbers = tuple(int(each) for each in core.split(".") if each.isdigit())
    parts = tuple(
        (0, int(part), "") if _NUMBER.fullmatch(part) else (1, 0, part)
        for part in before.split(".")
        if part
    )
    return numbers, not before, parts


def newest(workflows: Collection[str], name: str) -> str | None:
    """The newest version of a workflow among type names; None when there is none."""
    versions = [
        type_name.rpartition("@")[2]
        for type_name in workflows
        if type_name.rpartition("@")[0] == name
    ]
    return max(versions, key=version_key, default=None)
