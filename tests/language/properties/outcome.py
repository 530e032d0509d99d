"""What the reference interpreter passes around: tasks where they stand, and how a run ends."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from tests.language.properties.problems import Json, Problem

Variables = Mapping[str, Json]
Step = tuple[str, str, str]
"""A row of the trace: pointer, name, status."""

BRANCH = re.compile(r".*/fork/branches/\d+/[^/]*", re.DOTALL)
"""The innermost branch that a task lies in."""


class TooLong(Exception):
    """The run takes more steps than a test has time for."""


class Undecided(Exception):
    """Concurrency decides what the run comes to, and the interpreter has none."""


class EndOfWorkflow(Exception):
    """A task said `then: end`."""

    def __init__(self, output: Json) -> None:
        super().__init__()
        self.output = output


@dataclass
class Outcome:
    """How a run ends."""

    status: str
    output: Json = None
    error: Problem | None = None
    trace: list[Step] = field(default_factory=list[Step])
    events: list[Json] = field(default_factory=list[Json])
    racing: set[str] = field(default_factory=set[str])
    """Pointers of tasks of which concurrency decides whether, and how far, they run."""

    concurrent: bool = False
    """Whether branches took turns: then events of different branches have no order."""

    def certain(self, trace: list[Step]) -> dict[str, list[Step]]:
        """What is the same in each run of a trace: the order within each branch."""
        found: dict[str, list[Step]] = {}
        for row in trace:
            if not any(f"{row[0]}/".startswith(f"{at}/") for at in self.racing):
                branch = BRANCH.match(row[0])
                found.setdefault(branch[0] if branch else "", []).append(row)
        return found


@dataclass(frozen=True)
class Task:
    """A task where it stands, and what its expressions may mention."""

    at: str
    name: str
    definition: dict[str, Json]
    raw: Json
    around: Variables
    """Variables of the loops and catches that enclose it."""

    known: Variables = field(default_factory=dict[str, Json])
    """`$input` and `$output`, as soon as they exist."""

    output: Json = None
    """The raw output, once there is one."""

    def knowing(self, **known: Json) -> "Task":
        """The same task, a stage later."""
        return replace(self, known={**self.known, **known})

    @property
    def described(self) -> Json:
        """What `$task` is, as far as it is the same in every run."""
        return {
            "name": self.name,
            "reference": self.at,
            "definition": self.definition,
            "input": self.raw,
            "output": self.output,
        }


def escaped(name: str) -> str:
    """A name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


class Running(Protocol):
    """What a kind of task needs of the run it is part of."""

    context: Json
    done: Outcome
    others: Sequence[dict[str, Json]]
    use: dict[str, Json]
    pauses: int
    """How often it had to wait so far, so that branches beside it could go on."""

    called: int
    """How many calls of functions there were so far."""

    def task(self, task: Task) -> tuple[Json, str]: ...

    def task_list(
        self, tasks: Sequence[dict[str, Json]], data: Json, at: str, around: Variables
    ) -> Json: ...

    def evaluate(
        self, expression: str, data: Json, task: Task, named: Variables | None = None
    ) -> Json: ...

    def holds(
        self,
        clause: dict[str, Json],
        key: str,
        data: Json,
        task: Task,
        named: Variables | None = None,
    ) -> bool: ...

    def fill(self, value: Json, data: Json, task: Task) -> Json: ...

    def transform(self, wanted: Json, data: Json, task: Task) -> Json: ...

    def log(self, task: Task, status: str) -> None: ...

    def child(self, definition: dict[str, Json], data: Json) -> Outcome: ...
