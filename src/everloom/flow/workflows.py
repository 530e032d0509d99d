"""The base of compiled workflows: how a run begins, ends, continues as new, and what it answers."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, TypeAlias

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from everloom.core import Json, is_object

from .emitting import emit
from .faults import Fault
from .limits import within
from .moments import iso
from .run import About, Leaving, Run
from .schemas import Schema
from .scope import Context, Made, Scope, make
from .tasks import End, Limit

EVENT_SIGNAL = "everloom.event"
"""Signal that brings a run an event, as a CloudEvent in JSON."""

TRACE_QUERY = "everloom.trace"
"""Query for the tasks that began and ended."""

TASKS_QUERY = "everloom.tasks"
"""Query for the same with times, places in the history and loops, and for what the run listens to."""

STATE_QUERY = "everloom.state"
"""Query for what the run is doing, and its context."""


Tasks: TypeAlias = Callable[[Json, Scope], Awaitable[Json]]
"""A method that does a list of tasks."""


class Flow:
    """A compiled workflow.

    A subclass says what it is in `about`, and has a method `run` that hands the method with its tasks
    to `execute`: so it stays a plain workflow class of the SDK.
    """

    about: ClassVar[About]
    """What the definition says about the workflow as a whole."""

    @workflow.init
    def __init__(self, input: Json = None, luggage: Json = None) -> None:
        """Prepare, before any message comes.

        Args:
            input: The workflow's input.
            luggage: What the link before has sent along, or how a schedule wants the run.
        """
        self._run = Run(self.about, input, workflow.now())
        self._context = Context()
        self._has_begun = False
        sent: dict[str, Json] = luggage if is_object(luggage) else {}
        self._repeats = sent.get("repeat") is True
        self._left: Json = sent.get("left")
        if self._left is not None:
            self._context.value = self._run.unpack(self._left)

    async def execute(self, do: Tasks) -> Json:
        """Run the workflow: validate and transform its input, do its tasks, and the same for its output.

        Args:
            do: Method that does its tasks.

        Raises:
            Fault: It faulted.
        """
        run = self._run
        self._has_begun = True
        try:
            if self._left is None:
                await self._tell("started", {"startedAt": iso(run.started_at)})
            output = await self._answering(self._whole(do))
        except Leaving as leaving:
            luggage = {"repeat": self._repeats, "left": run.luggage(leaving)}
            workflow.continue_as_new(args=[run.input, luggage])
        except Fault as fault:
            await self._tell("faulted", {"faultedAt": iso(workflow.now()), "error": fault.problem})
            raise
        except (FailureError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                await self._tell_cancelled()
            raise
        await self._tell("completed", {"completedAt": iso(workflow.now()), "output": output})
        if self._repeats and self.about.repeat_after is not None:
            workflow.continue_as_new(
                args=[run.input, {"repeat": True}], backoff_start_interval=self.about.repeat_after
            )
        return output

    async def _answering(self, work: Awaitable[Json]) -> Json:
        """Let updates that have arrived be done before the work's end is the run's."""
        try:
            output = await work
        except GeneratorExit:  # nobody waits for the run any more
            raise
        except BaseException:
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        await workflow.wait_condition(workflow.all_handlers_finished)
        return output

    async def _whole(self, do: Tasks) -> Json:
        about, run = self.about, self._run
        outside = Scope(run=run, context=self._context, data=run.input)
        with _blaming("/input"):
            if about.input_schema is not None:
                about.input_schema.check(run.input, "input")
            data = run.input if about.input_from is None else make(about.input_from, outside)
        here = outside.entered(data)
        try:
            with _blaming("/timeout"):
                output = await self._in_time(do, here)
        except End as end:
            output = end.output
        for each in run.beside:
            await asyncio.wait([each])
        with _blaming("/output"):
            if about.output_as is not None:
                output = make(about.output_as, outside.on(output))
            if about.output_schema is not None:
                about.output_schema.check(output, "output")
        return output

    async def _in_time(self, do: Tasks, here: Scope) -> Json:
        limit = _length(self.about.timeout, here)
        if limit is None:
            return await do(here.data, here)
        left = limit - (workflow.now() - self._run.started_at)
        work = _coroutine(do, here.data, here)
        return await within(left, work, whole=limit, name=self.about.name)

    @workflow.signal(name=EVENT_SIGNAL)
    def take_event(self, event: Any) -> None:
        """Take an event; anything else is left out, since nobody waits for an answer."""
        if is_object(event):
            self._run.inbox.put(event)

    @workflow.query(name=TRACE_QUERY)
    def trace(self) -> list[dict[str, Json]]:
        """Which tasks began and ended, in order."""
        return self._run.trace.shown()

    @workflow.query(name=TASKS_QUERY)
    def _told(self, after: int = 0) -> dict[str, Json]:
        """What happened to its tasks after the first `after` of all, and what it listens to.

        Tasks of definitions become methods, and none of their names begins like this one.
        """
        run = self._run
        listens = [lacking() for lacking in run.listening]
        return {**run.trace.told(after), "listens": listens}

    @workflow.query(name=STATE_QUERY)
    def state(self) -> dict[str, Json]:
        """What the run is doing."""
        run = self._run
        return {
            "listening": bool(run.listening),
            "waitingEvents": len(run.inbox),
            "context": self._context.value,
            "startedAt": iso(run.started_at),
        }

    def view(self, expression: str) -> Json:
        """What a query of the definition answers: an expression on the context."""
        return self._outside(self._context.value).jq(expression)

    def accept(self, schema: Schema, payload: Json) -> None:
        """Refuse an update whose payload does not fit, before it is accepted.

        Raises:
            Fault: It does not fit, of type `validation`.
        """
        schema.check(payload, "payload")

    async def update(
        self,
        payload: Json,
        *,
        event: Made | None = None,
        export_as: Made | None = None,
        output_as: Made | None = None,
    ) -> Json:
        """Do what an update of the definition says, and give back its answer.

        Args:
            payload: What came with the update.
            event: Makes an event of it, which the run takes as if it had come from outside.
            export_as: Makes the new context.
            output_as: Makes the answer. None: the context.
        """
        await self._standstill()
        scope = self._outside(payload)
        if export_as is not None:
            self._context.value = make(export_as, scope)
        if event is not None:
            self._run.inbox.put(_whole_event(make(event, scope)))
        return self._context.value if output_as is None else make(output_as, scope)

    async def _standstill(self) -> None:
        """Wait until the run has done what it can with what came before.

        A replay may hand over in one piece what came one after the other, and the SDK then begins
        updates first. Conditions are looked at when nothing else is left to do: the first lets the run
        go on with what has arrived, the second comes after that.
        """
        for _ in range(2):
            await workflow.wait_condition(lambda: self._has_begun)

    def _outside(self, data: Json) -> Scope:
        return Scope(run=self._run, context=self._context, data=data, input=self._run.input)

    async def _tell(self, phase: str, told: dict[str, Json]) -> None:
        """Emit an event about the run itself, where the definition asks for it.

        Its id is made of the run's, so that who is told twice can know.
        """
        if not self.about.lifecycle:
            return
        info, about = workflow.info(), self.about
        name = f"{about.name}-{info.workflow_id}.{about.namespace}"
        definition = {"name": about.name, "namespace": about.namespace, "version": about.version}
        event = {
            "id": f"{info.first_execution_run_id}-{phase}",
            "source": f"/{about.namespace}/{about.name}",
            "type": f"io.serverlessworkflow.workflow.{phase}.v1",
            "data": {"name": name, "definition": definition, **told},
        }
        await emit(self._outside(None), event)

    async def _tell_cancelled(self) -> None:
        """Emit the event about the cancellation; what is being cancelled can still say so."""
        told = {"cancelledAt": iso(workflow.now())}
        telling = asyncio.create_task(self._tell("cancelled", told))
        await asyncio.shield(telling)


async def _coroutine(do: Tasks, data: Json, here: Scope) -> Json:
    return await do(data, here)


@contextmanager
def _blaming(instance: str) -> Generator[None]:
    """Faults of the workflow itself point into its definition; those of tasks do already."""
    try:
        yield
    except Fault as fault:
        raise fault.at(instance) from fault.__cause__


def _length(limit: Limit | None, here: Scope) -> timedelta | None:
    return limit if limit is None or isinstance(limit, timedelta) else limit(here)


def _whole_event(attributes: Json) -> dict[str, Json]:
    return {
        "specversion": "1.0",
        "id": str(workflow.uuid4()),
        "time": iso(workflow.now()),
        **attributes,
    }
