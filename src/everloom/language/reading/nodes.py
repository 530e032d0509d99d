"""Values with their places: what a text became, and where each part of it stands."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from everloom.core import steps_of

Json: TypeAlias = Any
"""A JSON value: null, boolean, number, text, list, or object with text keys."""

Kind = Literal["object", "array", "scalar"]
Style = Literal["plain", "single", "double", "literal", "folded", "none"]

Span = tuple[int, int]
"""Line and column, from 1; zeros when there is no text."""

NOWHERE: Span = (0, 0)


@dataclass(slots=True)
class Node:
    """A value, where it begins, and the values in it."""

    kind: Kind
    value: Json
    place: Span
    order: int = 0
    """How many values begin before it."""
    style: Style = "none"
    members: "dict[str, Member]" = field(default_factory=dict[str, "Member"])
    items: "list[Node]" = field(default_factory=list["Node"])
    size: int = 1
    """How many values it is made of, itself included, aliases written out."""
    depth: int = 1
    """How many values lie in each other, itself included."""

    def adopt(self, child: "Node") -> None:
        """Count a value that is part of this one."""
        self.size += child.size
        self.depth = max(self.depth, child.depth + 1)


@dataclass(slots=True)
class Member:
    """A key of an object, and its value."""

    place: Span
    """Where the key stands."""
    order: int
    node: Node


@dataclass(frozen=True, slots=True)
class Found:
    """The part of a definition that a pointer leads to, or the nearest part above it."""

    node: Node
    member: Member | None
    """The key it stands under; None in a list, and for the whole definition."""

    @property
    def place(self) -> Span:
        """Where to look: a scalar at its value, anything bigger, and nothing at all, at its key."""
        is_there = self.node.kind == "scalar" and self.node.value is not None
        if self.member is None or is_there:
            return self.node.place
        return self.member.place

    @property
    def key_place(self) -> Span:
        """Where its key stands; where it begins itself when there is none."""
        return self.node.place if self.member is None else self.member.place

    @property
    def order(self) -> int:
        """How many values begin before it."""
        return self.node.order if self.member is None else self.member.order


def find(root: Node, pointer: str) -> Found:
    """What a pointer leads to; where it leads nowhere, the last part on its way."""
    found = Found(root, None)
    for step in steps_of(pointer):
        below = _below(found.node, step)
        if below is None:
            return found
        found = below
    return found


def _below(node: Node, step: str) -> Found | None:
    if node.kind == "object" and step in node.members:
        member = node.members[step]
        return Found(member.node, member)
    if node.kind == "array" and step.isascii() and step.isdigit() and len(step) < 9:
        index = int(step)
        return Found(node.items[index], None) if index < len(node.items) else None
    return None
