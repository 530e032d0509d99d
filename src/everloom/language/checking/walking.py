"""Every list of tasks in a definition, and what its tasks can see.

Recursion is safe here: reading refuses values that lie more than a hundred deep in each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from everloom.core import Steps
from everloom.language.models.tasks import (
    DoTask,
    ForkTask,
    ForTask,
    ListenTask,
    Task,
    TaskList,
    TryTask,
    entries,
)
from everloom.language.models.workflow import WorkflowDefinition

Owner = Literal["workflow", "function", "extension", "branches", "loop", "block"]
"""What a list of tasks belongs to."""


@dataclass(frozen=True)
class Scope:
    """What can be seen at a place."""

    variables: frozenset[str] = frozenset()
    """Variables of loops, of listeners and of caught errors."""
    depth: int = 1
    """How many lists of tasks lie around it, its own included."""

    def within(self, *names: str) -> "Scope":
        """The scope of a list in a list, with more variables."""
        return Scope(self.variables.union(names), self.depth + 1)


@dataclass(frozen=True)
class TaskAt:
    """A task, and where it stands."""

    name: str
    task: Task
    steps: Steps
    scope: Scope


@dataclass(frozen=True)
class ListAt:
    """A list of tasks, and where it stands."""

    tasks: tuple[TaskAt, ...]
    steps: Steps
    owner: Owner

    @cached_property
    def names(self) -> dict[str, None]:
        """Names of its tasks, each once, in order."""
        return dict.fromkeys(at.name for at in self.tasks)


def lists_of(model: WorkflowDefinition) -> Iterator[ListAt]:
    """Every list of tasks, each before those within it."""
    yield from _list(model.do, ("do",), "workflow", Scope())
    for name, task in model.use.functions.items():
        alone = TaskAt(name, task, ("use", "functions", name), Scope())
        yield ListAt((alone,), ("use", "functions"), "function")
        yield from _within(alone)
    for index, item in enumerate(model.use.extensions):
        for name, extension in item.items():
            steps: Steps = ("use", "extensions", index, name)
            if extension.before is not None:
                yield from _list(extension.before, (*steps, "before"), "extension", Scope())
            if extension.after is not None:
                yield from _list(extension.after, (*steps, "after"), "extension", Scope())


def _list(tasks: TaskList, steps: Steps, owner: Owner, scope: Scope) -> Iterator[ListAt]:
    placed = tuple(
        TaskAt(name, task, (*steps, index, name), scope)
        for index, (name, task) in enumerate(entries(tasks))
    )
    yield ListAt(placed, steps, owner)
    for each in placed:
        yield from _within(each)


def _within(at: TaskAt) -> Iterator[ListAt]:
    """The lists of tasks within a task."""
    task, steps, scope = at.task, at.steps, at.scope
    if isinstance(task, DoTask):
        yield from _list(task.do, (*steps, "do"), "block", scope.within())
    elif isinstance(task, ForTask):
        inner = scope.within(task.for_.each, task.for_.at)
        yield from _list(task.do, (*steps, "do"), "loop", inner)
    elif isinstance(task, ForkTask):
        branches: Steps = (*steps, "fork", "branches")
        yield from _list(task.fork.branches, branches, "branches", scope.within())
    elif isinstance(task, ListenTask) and task.foreach and task.foreach.do:
        inner = scope.within(task.foreach.item, task.foreach.at)
        yield from _list(task.foreach.do, (*steps, "foreach", "do"), "loop", inner)
    elif isinstance(task, TryTask):
        yield from _try(task, steps, scope)


def _try(task: TryTask, steps: Steps, scope: Scope) -> Iterator[ListAt]:
    yield from _list(task.try_, (*steps, "try"), "block", scope.within())
    if task.catch.do is not None:
        inner = scope.within(task.catch.as_)
        yield from _list(task.catch.do, (*steps, "catch", "do"), "block", inner)


def seen(scope: Scope, *names: str) -> Scope:
    """The scope with more variables, at the same depth."""
    return replace(scope, variables=scope.variables.union(names))
