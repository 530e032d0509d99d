"""Fail a saga at every step and at every compensation in turn.

For any workflow whose steps are activities: a run without faults tells the activities it calls, then
each of them is failed for good, and with each of these failures each compensation that followed
(what a run without faults does not call).
No run keeps its workflow in memory, so each step is a replay of all before it; and every history is
replayed once more at the end.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    Replayer,
    Worker,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from typing_extensions import override

from everloom.authoring import Workflow, find_workflow_binding

InputT = TypeVar("InputT")

FAULT = "fault-on-purpose"
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "everloom", "pydantic", "tests"
    )
)


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
class _Faults(Interceptor):
    """Fails what it is told to, by workflow id, and notes every call."""

    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    calls: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Fault(next, self)


class _Fault(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, faults: _Faults) -> None:
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

    def __init__(self, client: Client, workflow: type[Workflow[Any, Any]], queue: str) -> None:
        self.faults = _Faults()
        self._client = client
        self._workflow = workflow
        self._queue = queue
        self._ids: list[str] = []
        self._steps: frozenset[str] = frozenset()

    async def run(self, input: object, *failed: str) -> Trial:
        """One run, with these activities failed for good."""
        binding = find_workflow_binding(self._workflow)
        assert binding is not None
        id = f"{binding.name}-{uuid4()}"
        self._ids.append(id)
        self.faults.wanted[id] = failed
        error: BaseException | None = None
        try:
            await self._client.execute_workflow(binding.name, input, id=id, task_queue=self._queue)
        except WorkflowFailureError as caught:
            error = caught.cause
        calls = tuple(self.faults.calls.get(id, ()))
        if not failed:
            self._steps = frozenset(calls)
        return Trial(failed, calls, error, self._steps)

    async def replay(self) -> None:
        """Replay every history that the runs so far have made."""
        replayer = Replayer(
            workflows=[self._workflow],
            workflow_runner=RUNNER,
            data_converter=self._client.data_converter,
        )
        for id in self._ids:
            handle = self._client.get_workflow_handle(id)
            await replayer.replay_workflow(await handle.fetch_history())


@asynccontextmanager
async def saga_faults(
    client: Client, workflow: type[Workflow[Any, Any]], activities: Sequence[Callable[..., Any]]
) -> AsyncGenerator[SagaFaults]:
    """A worker with faults in it, on a queue of its own; its histories are replayed at the end."""
    queue = f"faults-{uuid4()}"
    saga = SagaFaults(client, workflow, queue)
    async with Worker(
        client,
        task_queue=queue,
        workflows=[workflow],
        activities=activities,
        interceptors=[saga.faults],
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    ):
        yield saga
    await saga.replay()


async def fail_in_turn(
    client: Client,
    workflow: type[Workflow[InputT, Any]],
    make_input: Callable[[], InputT],
    activities: Sequence[Callable[..., Any]],
) -> list[Trial]:
    """Every trial of a saga: without fault, each step failed, and with it each compensation.

    Holds every saga to its promises: what follows a failed step is the same whether or not one of
    the compensations fails, and the first error is told in both cases.
    """
    trials: list[Trial] = []
    async with saga_faults(client, workflow, activities) as saga:
        whole = await saga.run(make_input())
        assert whole.error is None, "a saga without faults has to succeed"
        trials.append(whole)
        for step in whole.calls:
            alone = await saga.run(make_input(), step)
            assert alone.code == FAULT, f"{step} failed, and the run tells {alone.error!r}"
            trials.append(alone)
            for compensation in alone.compensations:
                both = await saga.run(make_input(), step, compensation)
                _expect_reported(alone, both)
                trials.append(both)
    return trials


def _expect_reported(alone: Trial, both: Trial) -> None:
    step, compensation = both.failed
    assert both.code == "saga-failed", f"{compensation} failed and is not reported"
    assert sorted(both.compensations) == sorted(alone.compensations), "others did not run"
    assert any(f"{step} failed on purpose" in message for message in both.chain())
    assert isinstance(both.error, ApplicationError)
    assert any(compensation in str(detail) for detail in both.error.details)
