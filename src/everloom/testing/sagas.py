"""Fail a saga at every step and at every compensation in turn.

For any workflow whose steps are activities: a run without faults tells the activities it calls, then
each of them is failed for good, and with each of these failures each compensation that followed
(what a run without faults does not call).
What must hold for every saga is checked on the way; what has to be undone, and how, the test knows:
it looks at the trials. Every history is replayed at the end.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)
from typing_extensions import override

from everloom.authoring import NotAWorkflow, Workflow, find_workflow_binding

from .code import gather
from .replaying import replay_runs
from .serving import Serving, serve
from .temporal import Temporal

InputT = TypeVar("InputT")

FAULT = "fault-on-purpose"


@dataclass(frozen=True)
class Trial:
    """One run, and what was failed in it."""

    failed: tuple[str, ...]
    """Wire names of the activities that were failed, in the order they were called."""

    calls: tuple[str, ...]
    """Wire names of all activities that were called, in order; each once, retries left out."""

    error: BaseException | None
    """How the run failed; None when it did not."""

    steps: frozenset[str]
    """Wire names of the activities that a run without faults calls."""

    @property
    def compensations(self) -> tuple[str, ...]:
        """What was called that a run without faults does not call."""
        return tuple(name for name in self.calls if name not in self.steps)

    @property
    def code(self) -> str | None:
        """The failure type the run ended with."""
        cause = self.error.cause if isinstance(self.error, ActivityError) else self.error
        return cause.type if isinstance(cause, ApplicationError) else None

    def chain(self) -> list[str]:
        """Each message of the failure and its causes."""
        told: list[str] = []
        error = self.error
        while error is not None:
            told.append(str(error))
            error = error.__cause__
        return told


@dataclass
class Faults(Interceptor):
    """Fails what it is told to, by workflow id, and notes every call."""

    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    calls: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Fault(next, self)


class _Fault(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, faults: Faults) -> None:
        super().__init__(inner)
        self._faults = faults

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        id, name = info.workflow_id or "", info.activity_type
        if info.attempt == 1:
            self._faults.calls.setdefault(id, []).append(name)
        if name in self._faults.wanted.get(id, ()):
            raise ApplicationError(f"{name} failed on purpose", type=FAULT, non_retryable=True)
        return await super().execute_activity(input)


class SagaFaults:
    """Runs of one workflow with faults in it."""

    def __init__(self, temporal: Temporal, workflow: type[Workflow[Any, Any]]) -> None:
        """Name the workflow; nothing runs yet.

        Raises:
            NotAWorkflow: It was never declared as one.
        """
        binding = find_workflow_binding(workflow)
        if binding is None:
            raise NotAWorkflow(
                f"Class `{workflow.__name__}` is no workflow.",
                hint="Declare it with `@workflow_type(name=...)`.",
            )
        self.faults = Faults()
        """Belongs into the worker that serves the workflow."""
        self._temporal = temporal
        self._name = binding.name
        self._steps: frozenset[str] = frozenset()

    async def run(self, input: object, *failed: str) -> Trial:
        """One run, with these activities failed for good."""
        id = f"{self._name}-{uuid4()}"
        self.faults.wanted[id] = failed
        error: BaseException | None = None
        client = await self._temporal.get_client()
        try:
            ending = client.execute_workflow(self._name, input, id=id, task_queue="-")
            await self._temporal.in_time(id, ending)
        except WorkflowFailureError as caught:
            error = caught.cause
        calls = tuple(self.faults.calls.get(id, ()))
        if not failed:
            self._steps = frozenset(calls)
        return Trial(failed, calls, error, self._steps)


@asynccontextmanager
async def saga_faults(
    temporal: Temporal, workflow: type[Workflow[Any, Any]], *activities: Any
) -> AsyncGenerator[SagaFaults]:
    """A worker with faults in it, on a queue of its own; its runs are replayed at the end.

    Args:
        temporal: The test's way to Temporal.
        workflow: The workflow with the saga; the activities its module can see come along.
        *activities: Further activities, as for `worker`.

    Raises:
        NotAWorkflow, CodeUnusable: It is none.
        ReplayBroken: A run does not replay (an `AssertionError`).
    """
    saga = SagaFaults(temporal, workflow)
    served = gather(temporal.settings, [workflow, *activities])
    async with serve(temporal, served, Serving(interceptors=(saga.faults,))) as running:
        yield saga
    await replay_runs(temporal, served, running.runs)


async def fail_in_turn(
    temporal: Temporal,
    workflow: type[Workflow[InputT, Any]],
    make_input: Callable[[], InputT],
    *activities: Any,
) -> list[Trial]:
    """Every trial of a saga: without fault, each step failed, and with it each compensation.

    Holds every saga to its promises: what follows a failed step is the same whether or not one of
    the compensations fails, and the first error is told in both cases.

    Args:
        temporal: The test's way to Temporal.
        workflow: The workflow with the saga; the activities its module can see come along.
        make_input: Makes the input of each run; one that succeeds when nothing is failed.
        *activities: Further activities, as for `worker`.

    Raises:
        NotAWorkflow, CodeUnusable: The workflow is none.
        AssertionError: The saga does not keep a promise.
    """
    trials: list[Trial] = []
    async with saga_faults(temporal, workflow, *activities) as saga:
        whole = await saga.run(make_input())
        _expect(whole.error is None, f"it has to succeed without faults, and tells {whole.error!r}")
        trials.append(whole)
        for step in whole.calls:
            alone = await saga.run(make_input(), step)
            _expect(alone.code == FAULT, f"{step} failed, and the run tells {alone.error!r}")
            trials.append(alone)
            for compensation in alone.compensations:
                both = await saga.run(make_input(), step, compensation)
                _expect_reported(alone, both)
                trials.append(both)
    return trials


def _expect_reported(alone: Trial, both: Trial) -> None:
    step, compensation = both.failed
    _expect(both.code == "saga-failed", f"{compensation} failed and is not reported")
    _expect(
        sorted(both.compensations) == sorted(alone.compensations),
        f"when {compensation} fails, others of {alone.compensations} do not run",
    )
    first = any(f"{step} failed on purpose" in message for message in both.chain())
    _expect(first, f"the failure of {compensation} hides that of {step}")
    details = both.error.details if isinstance(both.error, ApplicationError) else ()
    told = any(compensation in str(detail) for detail in details)
    _expect(told, f"{compensation} is not among what could not be undone")


def _expect(kept: bool, said: str) -> None:  # noqa: FBT001 - reads like the assertion it is
    if not kept:
        raise AssertionError(said)
