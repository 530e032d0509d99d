"""What happens around a task: its `if`, input, output, export, timeout, extensions and trace.

The order is the standard's: `if`, extensions before, `input.schema`, `input.from`, the task,
`output.as`, `output.schema`, `export.as`, `export.schema`, extensions after.
"""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypedDict, TypeVar, Unpack

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

from everloom.core import steps_of

from .faults import Fault, Json
from .limits import within
from .run import Leaving
from .schemas import Schema
from .scope import Made, Scope, Task, make
from .sizes import check_size

FlowT = TypeVar("FlowT")

Body: TypeAlias = Callable[[FlowT, Scope], Awaitable[Json]]
"""What a task does: it is given its scope, and gives back its raw output."""

Around: TypeAlias = Callable[[FlowT, Json, Scope], Awaitable[Json]]
"""A task, or a list of tasks, as it is called: with the raw input, in the scope it stands in."""

Junction: TypeAlias = Callable[[FlowT, Json, Scope], Awaitable[tuple[Json, str | None]]]
"""A task that leads one of several ways; it also says which one. None: it was skipped."""

Limit: TypeAlias = timedelta | Callable[[Scope], timedelta]


class End(Exception):
    """The workflow ends here, with this output."""

    def __init__(self, output: Json) -> None:
        super().__init__("The workflow ends here.")
        self.output = output


class Exit(Exception):
    """What an extension does before a task ends here, and takes the task's place."""

    def __init__(self, output: Json) -> None:
        super().__init__("The extended task is left out.")
        self.output = output


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Tasks around other tasks."""

    when: str | None = None
    before: Callable[[Any, Json, Scope], Awaitable[Json]] | None = None
    after: Callable[[Any, Json, Scope], Awaitable[Json]] | None = None


class TaskOptions(TypedDict, total=False):
    """What a definition says about a task besides what it does."""

    if_: str
    input_schema: Schema
    input_from: Made
    output_as: Made
    output_schema: Schema
    export_as: Made
    export_schema: Schema
    timeout: Limit
    extensions: tuple[Extension, ...]


def task(reference: str, **options: Unpack[TaskOptions]) -> Callable[[Body[FlowT]], Around[FlowT]]:
    """Make a task of a method.

    Args:
        reference: JSON pointer to the task in its definition, such as `/do/0/getPet`.
        **options: What the definition says about it; see `TaskOptions`.
    """

    def declare(body: Body[FlowT]) -> Around[FlowT]:
        frame = _Task(reference, options)

        @functools.wraps(body)
        async def perform(flow: FlowT, data: Json, scope: Scope) -> Json:
            await scope.run.breathe()
            found = frame.enter(data, scope)
            if isinstance(found, Scope):
                return await frame.perform(functools.partial(body, flow), flow, found)
            return found.value

        return perform

    return declare


def junction(
    reference: str, **options: Unpack[TaskOptions]
) -> Callable[[Callable[[FlowT, Scope], Awaitable[tuple[Json, str]]]], Junction[FlowT]]:
    """Make a task of a method that also says which of several ways to go on.

    Args:
        reference: JSON pointer to the task in its definition.
        **options: What the definition says about it; see `TaskOptions`.
    """

    def declare(body: Callable[[FlowT, Scope], Awaitable[tuple[Json, str]]]) -> Junction[FlowT]:
        frame = _Task(reference, options)

        @functools.wraps(body)
        async def perform(flow: FlowT, data: Json, scope: Scope) -> tuple[Json, str | None]:
            ways = scope.run.ways
            way: str | None = None

            async def go(here: Scope) -> Json:
                nonlocal way
                output, way = await body(flow, here)
                return output

            await scope.run.breathe()
            found = frame.enter(data, scope)
            if not isinstance(found, Scope):
                if not found.is_passed:
                    ways[reference] = None
                return found.value, ways.get(reference)
            output = await frame.perform(go, flow, found)
            ways[reference] = way
            return output, way

        return perform

    return declare


def conditional(
    reference: str, **options: Unpack[TaskOptions]
) -> Callable[[Body[FlowT]], Junction[FlowT]]:
    """Make a task of a method, after which it matters whether its `if` let it be done.

    Args:
        reference: JSON pointer to the task in its definition.
        **options: What the definition says about it; see `TaskOptions`.
    """

    def declare(body: Body[FlowT]) -> Junction[FlowT]:
        @functools.wraps(body)
        async def told(flow: FlowT, here: Scope) -> tuple[Json, str]:
            return await body(flow, here), "done"

        return junction(reference, **options)(told)

    return declare


@dataclass(frozen=True)
class _NotDone:
    """What comes out of a task that is not done."""

    value: Json
    is_passed: bool
    """Whether an earlier link of the run did it; otherwise its `if` says no."""


class _Task:
    """A task of a definition, as one object for all runs."""

    def __init__(self, reference: str, options: TaskOptions) -> None:
        self.reference = reference
        self.name = steps_of(reference)[-1]
        self.options = options

    def enter(self, data: Json, outer: Scope) -> Scope | _NotDone:
        """The scope of the task; or what comes out of it when it is not done here."""
        run = outer.run
        if run.is_returning:
            kept = run.take("task", self.reference)
            if kept is None:
                return _NotDone(data, is_passed=True)
            began = datetime.fromisoformat(kept[3])
            left = Task(self.reference, self.name, kept[2], began)
            left.transformed, left.is_entered = kept[4], True
            return self._scope(outer, left)
        here = self._scope(outer, Task(self.reference, self.name, data, workflow.now()))
        if "if_" in self.options and not self._in_instance(here, self.options["if_"]):
            run.trace.add(self.reference, "skipped", outer.passes)
            return _NotDone(data, is_passed=False)
        run.tasks += 1
        run.trace.add(self.reference, "started", outer.passes)
        return here

    def _in_instance(self, here: Scope, condition: str) -> bool:
        try:
            return here.test(condition)
        except Fault as fault:
            here.run.trace.add(self.reference, "faulted", here.passes)
            raise fault.at(self.reference) from None

    def _scope(self, outer: Scope, task: Task) -> Scope:
        return Scope(
            run=outer.run,
            context=outer.context,
            data=task.input,
            task=task,
            variables=outer.variables,
            parent=outer,
            frame=task.frame,
            passes=outer.passes,
        )

    async def perform(
        self, body: Callable[[Scope], Awaitable[Json]], flow: Any, here: Scope
    ) -> Json:
        """Do the task, with everything around it."""
        trace = here.run.trace
        try:
            output = await self._extended(body, flow, here)
        except Fault as fault:
            trace.add(self.reference, "faulted", here.passes)
            raise fault.at(self.reference) from fault.__cause__
        except (End, Exit):
            trace.add(self.reference, "completed", here.passes)
            raise
        except Leaving:
            raise
        except BaseException as error:
            if is_cancelled_exception(error):
                trace.add(self.reference, "cancelled", here.passes)
            raise
        trace.add(self.reference, "completed", here.passes)
        return output

    async def _extended(
        self, body: Callable[[Scope], Awaitable[Json]], flow: Any, here: Scope
    ) -> Json:
        """The task between what its extensions do. Their outputs are nobody's, unless one exits."""
        extensions = self.options.get("extensions")
        if not extensions:
            return await self._flow(body, here)
        around = _around(here)
        chosen = [each for each in extensions if each.when is None or around.test(each.when)]
        for each in chosen:
            if each.before is not None:
                try:
                    await each.before(flow, around.data, around)
                except Exit as left:
                    return left.output
        output = await self._flow(body, here)
        around = _around(here).on(output)
        for each in reversed(chosen):
            if each.after is not None:
                await each.after(flow, output, around)
        return output

    async def _flow(self, body: Callable[[Scope], Awaitable[Json]], here: Scope) -> Json:
        """Input, task, output, export: the standard's data flow."""
        options = self.options
        inner = self._with_input(here)
        limit = options.get("timeout")
        if limit is None:
            output = await body(inner)
        else:
            output = await _limited(limit, body, inner, self.name)
        assert inner.task is not None  # noqa: S101 - made so above
        inner.task.output = output
        check_size(output)
        if "output_as" in options:
            output = make(options["output_as"], inner.on(output))
            check_size(output)
        if "output_schema" in options:
            options["output_schema"].check(output, "output")
        if "export_as" in options:
            here.context.value = make(options["export_as"], inner.on(output, {"output": output}))
            check_size(here.context.value)
        if "export_schema" in options:
            options["export_schema"].check(here.context.value, "context")
        return output

    def _with_input(self, here: Scope) -> Scope:
        """The scope in which the task itself is done: `.` and `$input` are its transformed input."""
        options, task = self.options, here.task
        assert task is not None  # noqa: S101 - made so by `enter`
        if not task.is_entered:
            data = here.data
            if "input_schema" in options:
                options["input_schema"].check(data, "input")
            if "input_from" in options:
                data = make(options["input_from"], here)
            task.transformed, task.is_entered = data, True
        return here.entered(task.transformed)


def _around(here: Scope) -> Scope:
    """What extensions of a task see: in all they do, `$task` is the task that they extend."""
    assert here.task is not None  # noqa: S101 - made so by `enter`
    extended = replace(here.task, extended=True).described(here.run.about.definition)
    variables = {**here.variables, "task": extended}
    return replace(here, variables=variables, parent=here, frame=None)


async def _limited(
    limit: Limit, body: Callable[[Scope], Awaitable[Json]], here: Scope, name: str
) -> Json:
    assert here.task is not None  # noqa: S101 - only tasks have limits
    whole = limit if isinstance(limit, timedelta) else limit(here)
    left = whole - (workflow.now() - here.task.started_at)

    async def work() -> Json:
        return await body(here)

    return await within(left, work(), whole=whole, name=name)
