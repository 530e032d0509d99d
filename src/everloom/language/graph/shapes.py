"""What is drawn of a definition: cards for tasks, frames for tasks with tasks inside, links between.

Every drawing is made of these, whatever it is written as. Texts are already plain: one line each,
without characters that no reader can see. Ids are made here, never taken from the definition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

LinkKind = Literal["flow", "case", "skip", "loop", "error", "retry"]
"""Goes on; goes on in a case; goes on because `if` was false; once more; caught; tried again."""


@dataclass(frozen=True)
class Card:
    """A task, or a place where a flow begins or ends."""

    id: str
    kind: str
    """What the icon shows: `http`, `set`, `wait` ..., or `start`, `end`, `entry`, `exit`, `goto`."""
    title: str = ""
    lines: tuple[str, ...] = ()
    pointer: str = ""
    """JSON pointer of the task."""
    tooltip: str = ""


@dataclass(frozen=True)
class Link:
    """Where it goes on."""

    source: str
    target: str
    kind: LinkKind = "flow"
    label: str = ""
    tooltip: str = ""


@dataclass(frozen=True)
class Flow:
    """A list of tasks, its entry first and its exit last. Links join boxes of the same flow."""

    id: str
    boxes: tuple["Box", ...]
    links: tuple[Link, ...]
    kind: str = "tasks"
    """`tasks`, `branches` of a fork, or `catch`."""
    title: str = ""
    lines: tuple[str, ...] = ()
    pointer: str = ""
    tooltip: str = ""
    leads_on: bool = True
    """Whether its exit leads to what follows its frame: a `catch` with `then` goes elsewhere."""

    @property
    def entry(self) -> str:
        """The id of its entry."""
        return self.boxes[0].id

    @property
    def exit(self) -> str:
        """The id of its exit."""
        return self.boxes[-1].id

    @property
    def can_be_left(self) -> bool:
        """Whether anything leads to its exit, and on from there."""
        return self.leads_on and any(link.target == self.exit for link in self.links)


@dataclass(frozen=True)
class Frame:
    """A task with tasks inside."""

    id: str
    kind: str
    title: str
    flows: tuple[Flow, ...]
    lines: tuple[str, ...] = ()
    arrows: tuple[Link, ...] = ()
    """Between its flows: from the tasks of a `try` to its `catch`, and back."""
    pointer: str = ""
    tooltip: str = ""

    @property
    def can_be_left(self) -> bool:
        """Whether it goes on after it."""
        return any(flow.can_be_left for flow in self.flows)


Box: TypeAlias = Card | Frame


@dataclass(frozen=True)
class Drawing:
    """A whole definition."""

    title: str
    lines: tuple[str, ...]
    flow: Flow


def flows_of(flow: Flow) -> Iterator[Flow]:
    """A flow, and all inside it."""
    yield flow
    for box in flow.boxes:
        if isinstance(box, Frame):
            for inner in box.flows:
                yield from flows_of(inner)
