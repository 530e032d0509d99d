"""What an expression of a task can see: `.`, and the variables of the standard."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from temporalio import workflow
from typing_extensions import override

from everloom.core import Json, found_at, is_object

from .expressions import ExpressionFailed, evaluate, truthy
from .faults import Fault, error_type, standard_fault
from .moments import described, duration, iso
from .run import Run
from .uri_templates import expand_uri

RUNTIME: Mapping[str, Json] = {"name": "everloom", "version": "1", "metadata": {}}
"""`$runtime`. A workflow may branch on it, so a change of it can break open runs."""


@dataclass
class Context:
    """`$context` of a workflow, or of a branch of it."""

    value: Json = None


@dataclass
class Task:
    """What `$task` says."""

    reference: str
    name: str
    input: Json
    started_at: datetime
    output: Json = None
    transformed: Json = None
    """Its input after `input.from`; part of the way back, no part of `$task`."""

    is_entered: bool = False
    """Whether `transformed` is known."""

    extended: bool = False
    """Whether the keys of its definition stand beside its own: so extensions look at them."""

    def described(self, definition: Json) -> dict[str, Json]:
        """The standard's task descriptor."""
        own = found_at(definition, self.reference)
        beside: dict[str, Json] = own if self.extended and is_object(own) else {}
        return {
            **beside,
            "name": self.name,
            "reference": self.reference,
            "definition": own,
            "input": self.input,
            "output": self.output,
            "startedAt": described(self.started_at),
        }

    def frame(self) -> Json:
        """What brings a run back into this task."""
        return ["task", self.reference, self.input, iso(self.started_at), self.transformed]


@dataclass(frozen=True)
class Deferral:
    """An expression that mentions `$secrets`, on its way to the activity that may evaluate it."""

    expression: str
    data: Json
    variables: Mapping[str, Json]


@dataclass(frozen=True)
class Scope:
    """Where a task is: its data, its variables, and the run that it belongs to."""

    run: Run
    context: Context
    data: Json
    """What `.` is."""

    input: Json = None
    """What `$input` is: the transformed input."""

    task: Task | None = None
    variables: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Variables of loops, caught errors and the like."""

    parent: "Scope | None" = None
    frame: Callable[[], Json] | None = None
    """What is needed to come back here in the next link of a run."""

    passes: tuple[int, ...] = ()
    """In which pass of each loop around it, from 0, the outermost first."""

    def jq(self, expression: str) -> Json:
        """The value of an expression.

        Raises:
            Fault: It cannot be evaluated, of type `expression`.
        """
        try:
            return evaluate(expression, self.data, Variables(self))
        except ExpressionFailed as error:
            raise standard_fault(
                "expression", title="Expression failed", detail=str(error)
            ) from None

    def test(self, expression: str) -> bool:
        """Whether an expression is true: anything but `false` and `null`."""
        return truthy(self.jq(expression))

    def text(self, *parts: Json) -> str:
        """A text with values in it: texts as they are, anything else as JSON."""
        return "".join(
            part if isinstance(part, str) else str(evaluate("tojson", part, {})) for part in parts
        )

    def uri(self, template: str) -> str:
        """A URI template, filled in from the fields of `.`."""
        return expand_uri(template, self.data)

    def later(self, expression: str, *names: str) -> Deferral:
        """An expression with `$secrets`, for the arguments of a call.

        Args:
            expression: The expression.
            *names: The other variables that it mentions.
        """
        variables = Variables(self)
        return Deferral(expression, self.data, {name: variables[name] for name in names})

    def duration(self, expression: str) -> timedelta:
        """The duration that an expression gives."""
        return duration(self.jq(expression))

    def fault(
        self,
        type: str,
        status: Json,
        *,
        title: Json = None,
        detail: Json = None,
        instance: Json = None,
    ) -> Fault:
        """The fault that a task raises on purpose.

        Raises:
            Fault: Its status is no whole number, of type `expression`.
        """
        if isinstance(status, bool) or not isinstance(status, int):
            raise standard_fault(
                "expression", title="Not a status", detail=f"{status!r:.100} is no status."
            )
        texts = [None if each is None else self.text(each) for each in (title, detail, instance)]
        kind = self.text(type) or error_type("runtime")
        return Fault(kind, status, title=texts[0], detail=texts[1], instance=texts[2])

    def on(self, data: Json, variables: Mapping[str, Json] | None = None) -> "Scope":
        """This scope with another `.` and more variables."""
        known = {**self.variables, **variables} if variables else self.variables
        return replace(self, data=data, variables=known, parent=self, frame=None)

    def entered(self, data: Json) -> "Scope":
        """This scope, once the transformed input of its task is known."""
        return replace(self, data=data, input=data)

    def turn(
        self, variables: Mapping[str, Json], frame: Callable[[], Json], number: int | None = None
    ) -> "Scope":
        """The scope of one turn of a loop, or of what is done about an error.

        Args:
            variables: What is known in it besides.
            frame: What brings the run back here.
            number: Which turn of a loop, from 0. None: it is no loop.
        """
        known = {**self.variables, **variables}
        passes = self.passes if number is None else (*self.passes, number)
        return replace(self, variables=known, parent=self, frame=frame, passes=passes)

    def branch(self) -> "Scope":
        """The scope of a branch, with a context of its own."""
        return replace(self, context=Context(self.context.value), parent=self, frame=None)


class Variables(Mapping[str, Json]):
    """The variables that a scope's expressions may mention, made only when one does."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def __getitem__(self, name: str) -> Json:
        scope = self._scope
        if name in scope.variables:
            return scope.variables[name]
        made = _STANDARD.get(name)
        if made is None or (name == "task" and scope.task is None):
            raise KeyError(name)
        return made(scope)

    @override
    def __iter__(self) -> Iterator[str]:
        yield from self._scope.variables
        yield from (name for name in _STANDARD if name not in self._scope.variables)

    @override
    def __len__(self) -> int:
        return len(self._scope.variables.keys() | _STANDARD.keys())


def _workflow(scope: Scope) -> Json:
    run = scope.run
    return {
        "id": workflow.info().workflow_id,
        "definition": run.about.definition,
        "input": run.input,
        "startedAt": described(run.started_at),
    }


def _task(scope: Scope) -> Json:
    return scope.task.described(scope.run.about.definition) if scope.task else None


_STANDARD: Mapping[str, Callable[[Scope], Json]] = {
    "context": lambda scope: scope.context.value,
    "input": lambda scope: scope.input,
    "task": _task,
    "workflow": _workflow,
    "runtime": lambda _: dict(RUNTIME),
}

Made: TypeAlias = str | Callable[[Scope], Json]
"""How a value is made: by an expression, or by code that holds several."""


def make(made: Made, scope: Scope) -> Json:
    """The value, in a scope."""
    return scope.jq(made) if isinstance(made, str) else made(scope)
