"""What does a fetched document hold? JSON or YAML, read so that no document can hurt the reader.

YAML is read as version 1.2 has it: `on`, `no` and dates are texts, and keys are texts too. Merge
keys are not followed and nesting is bounded: both let a small document ask for all memory there is.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from typing_extensions import override

from everloom.flow import Json

_DEEPEST = 200
_DROPPED = {f"tag:yaml.org,2002:{name}" for name in ("bool", "timestamp", "merge")}


def read_tree(body: bytes) -> Json:
    """The value that a document holds; None when it is neither JSON nor YAML."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        # First the events, one by one: the reader itself goes down into C, and would fall through.
        if _depth(body) > _DEEPEST:
            return None
        return yaml.load(body, Loader=_Plain)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


class _Plain(yaml.CSafeLoader):
    """YAML that means what JSON would."""

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        held = super().construct_mapping(node, deep=deep)
        return {_text(key): each for key, each in held.items()}

    @override
    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Leave merge keys as they stand, also those that are tagged as such."""


_Plain.yaml_implicit_resolvers = {
    first: [pair for pair in resolvers if pair[0] not in _DROPPED]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType] - the stubs leave it open
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _text(key: object) -> str:
    """A key as JSON would have it."""
    return key if isinstance(key, str) else json.dumps(key, default=str)


def _depth(body: bytes) -> int:
    depth = deepest = 0
    events: Iterator[object] = iter(yaml.parse(body, Loader=yaml.CSafeLoader))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - the stubs leave it open
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > _DEEPEST:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return deepest
