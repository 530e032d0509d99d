"""Lists of tasks on their way into a class, and what writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from everloom.core import pointer
from everloom.language.models.tasks import TaskList
from everloom.language.plan import exits_as_ends

from .module import Method

Raw: TypeAlias = Sequence[Mapping[str, Any]]
"""A list of tasks as it stands in the definition."""


@dataclass(frozen=True)
class Listed:
    """A list of tasks with names for their methods."""

    tasks: TaskList
    raw: Raw
    reference: str
    first: int = 0
    """Place of the first task, where the list is a part of another."""

    is_before: bool = False
    """Whether `exit` leaves out the task that the list extends."""

    is_alone: bool = False
    """Whether its one task stands in no list, so that the reference is the task's own."""

    methods: tuple[str, ...] = ()

    def reference_of(self, place: int, name: str) -> str:
        """Where a task stands in the definition."""
        own = () if self.is_alone else (self.first + place, name)
        return self.reference + pointer(own)

    @property
    def meant(self) -> TaskList:
        """The tasks, as the plan is to understand them."""
        return exits_as_ends(self.tasks) if self.is_before else self.tasks


@dataclass
class Body:
    """Statements, and the methods that belong to them."""

    lines: list[str]
    methods: list[Method] = field(default_factory=list[Method])


class Lists(Protocol):
    """Writes lists of tasks; see `tasks`."""

    def inline(self, listed: Listed, start: str) -> Body:
        """The statements of a list, for the body of a method."""
        ...

    def one_call(self, listed: Listed, wanted: str, doc: str) -> tuple[str, list[Method]]:
        """A method that does a list once, and what belongs to it."""
        ...
