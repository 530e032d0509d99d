"""Where each task of a list leads: the list as a graph."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from everloom.language.models.tasks import (
    RaiseTask,
    SwitchCase,
    SwitchTask,
    Task,
    TaskList,
    TryTask,
    entries,
)

EXIT = -1
"""The list is left; what contains it goes on."""

END = -2
"""The workflow ends."""

Label: TypeAlias = str | None
"""Which way a task led, as compiled code asks for it. None: the task was skipped."""

DONE = "done"
CAUGHT = "caught"
OTHERWISE = "otherwise"

_LONGEST = 40
"""Letters of a case's name that compiled code repeats."""


@dataclass(frozen=True)
class Way:
    """One way on from a task."""

    label: Label
    target: int
    """Place of the task it leads to, `EXIT` or `END`."""


@dataclass(frozen=True)
class Node:
    """A task of a list, and where it leads."""

    place: int
    """Its place in the list, from 0."""

    name: str
    task: Task
    ways: tuple[Way, ...]
    """Empty: no task ever comes after it."""

    @property
    def is_junction(self) -> bool:
        """Whether its method has to say which way it led."""
        return isinstance(self.task, SwitchTask) or len({way.target for way in self.ways}) > 1

    @property
    def targets(self) -> tuple[int, ...]:
        """The places it leads to, each once, in order."""
        return tuple(dict.fromkeys(way.target for way in self.ways))


def read_ways(tasks: TaskList) -> list[Node]:
    """The graph of a list of tasks; the list was checked."""
    named = entries(tasks)
    places = {name: place for place, (name, _) in reversed(list(enumerate(named)))}

    def led(place: int, directive: str) -> int:
        if directive == "exit":
            return EXIT
        if directive == "end":
            return END
        if directive == "continue":
            return place + 1 if place + 1 < len(named) else EXIT
        return places[directive]

    nodes: list[Node] = []
    for place, (name, task) in enumerate(named):
        following = led(place, "continue")
        then = led(place, task.then)
        ways = _ways_of(task, then, partial(led, place))
        if task.if_ is not None:
            ways = (*ways, Way(None, following))
        nodes.append(Node(place, name, task, ways))
    return nodes


def _ways_of(task: Task, then: int, led: Callable[[str], int]) -> tuple[Way, ...]:
    match task:
        case SwitchTask():
            cases = cases_of(task)
            ways = [
                Way(case_label(place, name), led(case.then))
                for place, (name, case) in enumerate(cases)
            ]
            if all(case.when is not None for _, case in cases):
                ways.append(Way(otherwise(task), then))
            return tuple(ways)
        case TryTask() if task.catch.then is not None:
            return Way(DONE, then), Way(CAUGHT, led(task.catch.then))
        case RaiseTask():
            return ()
        case _:
            return (Way(DONE, then),)


def cases_of(task: SwitchTask) -> list[tuple[str, SwitchCase]]:
    """Names and cases of a switch; the one without a condition comes last."""
    cases = [next(iter(item.items())) for item in task.switch]
    return sorted(cases, key=lambda case: case[1].when is None)


def case_label(place: int, name: str) -> str:
    """What the way of a case is called: its name, where that is short and plain."""
    is_plain = name.isascii() and name.isprintable() and 0 < len(name) <= _LONGEST
    return name if is_plain else f"case {place + 1}"


def otherwise(task: SwitchTask) -> str:
    """What the way is called when no case of a switch fits."""
    taken = {case_label(place, name) for place, (name, _) in enumerate(cases_of(task))}
    label = OTHERWISE
    while label in taken:
        label += "-"
    return label


def exits_as_ends(tasks: TaskList) -> TaskList:
    """The list with `end` wherever it says `exit`, for lists that must tell an exit from their end."""
    return [{name: _exit_as_end(task)} for name, task in entries(tasks)]


def _exit_as_end(task: Task) -> Task:
    changed: dict[str, object] = {"then": "end"} if task.then == "exit" else {}
    if isinstance(task, SwitchTask):
        changed["switch"] = [
            {name: case.model_copy(update={"then": "end"} if case.then == "exit" else {})}
            for item in task.switch
            for name, case in item.items()
        ]
    return task.model_copy(update=changed)
