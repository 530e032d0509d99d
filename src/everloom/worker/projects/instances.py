"""A run whose code is read when the run is first asked to go on.

The SDK makes an instance on the event loop, which must not wait, and then activates it in a thread
of its own, which may for a little: there the code is asked for. What cannot be read fails the
workflow task and never the run. No exception leaves `activate`: the SDK would wait for ever to
let go of such a run.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, Self

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import (
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
    WorkflowSerializationContext,
)
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails
from temporalio.workflow import Info
from typing_extensions import override

from everloom.core import EverloomError, Unavailable
from everloom.observe import get_logger
from everloom.worker.definitions import LoadedDefinition

from .borders import foreign, is_of_project
from .fairness import on_behalf_of

WITHIN = 1.3
"""Seconds that a run waits for its code. The SDK takes a task of two seconds for stuck."""

log = get_logger("everloom.projects")


class CodeDelayed(Unavailable):
    """The code of a run is not there yet."""

    code = "version-delayed"


@dataclass(frozen=True)
class RunOf:
    """A run that wants code."""

    workflow_id: str
    run_id: str
    started_at: datetime
    """When it was started, in UTC."""

    @classmethod
    def at(cls, info: Info) -> Self:
        """The run that the SDK tells of."""
        return cls(info.workflow_id, info.run_id, info.workflow_start_time)


class Codes(Protocol):
    """Whose code a run goes on with."""

    def find(self, type_name: str, run: RunOf) -> LoadedDefinition | None:
        """The code of a run, when it is in memory."""
        ...

    async def read(self, type_name: str, run: RunOf) -> LoadedDefinition:
        """The code of a run.

        Raises:
            EverloomError: There is none, or not now.
        """
        ...


def make_instance(details: WorkflowInstanceDetails, loaded: LoadedDefinition) -> WorkflowInstance:
    """The SDK's own instance for a run with this code. On the worker's event loop."""
    definition: Any = getattr(loaded.cls, "__temporal_workflow_definition")
    return UnsandboxedWorkflowRunner().create_instance(replace(details, defn=definition))


class OnDemandInstance(WorkflowInstance):
    """A run in memory, with its code or still without."""

    def __init__(
        self,
        details: WorkflowInstanceDetails,
        codes: Codes,
        loop: asyncio.AbstractEventLoop,
        on_gone: Callable[["OnDemandInstance"], None],
        *,
        queue: str | None = None,
    ) -> None:
        """Take the code when it is in memory; nothing waits here.

        Args:
            details: What the SDK knows of the run.
            codes: Where its code is.
            loop: The worker's, on which instances are made.
            on_gone: Told, in a thread, when the run leaves the memory.
            queue: The project's: a run of elsewhere is refused. None: none is.
        """
        self._details = details
        self._codes = codes
        self._loop = loop
        self._on_gone = on_gone
        self._queue = queue
        self._inner: WorkflowInstance | None = None
        info = details.info
        self._is_foreign = queue is not None and not is_of_project(info.workflow_id, queue)
        if not self._is_foreign:
            loaded = codes.find(info.workflow_type, RunOf.at(info))
            self._inner = None if loaded is None else make_instance(details, loaded)

    @override
    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        is_last = any(job.HasField("remove_from_cache") for job in act.jobs)
        if self._is_foreign and not is_last:
            return self._refused(act.run_id)
        if self._inner is None and not is_last:
            try:
                self._inner = self._open()
            except EverloomError as error:
                return self._failed(act.run_id, error)
        with on_behalf_of(self._queue or ""):
            completion = _nothing() if self._inner is None else self._inner.activate(act)
        if is_last:
            self._on_gone(self)
        return completion

    def take_down(self) -> None:
        """Leave the memory though the SDK does not ask for it."""
        act = WorkflowActivation(run_id=self._details.info.run_id)
        act.jobs.add().remove_from_cache.SetInParent()
        try:
            self.activate(act)
        except Exception:
            log.exception("run not taken down", run=act.run_id)

    @override
    def get_serialization_context(self, command_info: Any) -> Any:
        if self._inner is not None:
            return self._inner.get_serialization_context(command_info)
        info = self._details.info
        return WorkflowSerializationContext(namespace=info.namespace, workflow_id=info.workflow_id)

    @override
    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        if self._inner is not None:
            return self._inner.get_external_store_context(command_info)
        info = self._details.info
        return StorageDriverStoreContext(
            target=StorageDriverWorkflowInfo(
                id=info.workflow_id,
                run_id=info.run_id,
                type=info.workflow_type,
                namespace=info.namespace,
            )
        )

    @override
    def get_info(self) -> Info:
        return self._details.info

    @override
    def get_thread_id(self) -> int | None:
        return None if self._inner is None else self._inner.get_thread_id()

    def _open(self) -> WorkflowInstance:
        opening = asyncio.run_coroutine_threadsafe(self._make(), self._loop)
        try:
            return opening.result(WITHIN)
        except EverloomError:
            raise
        except TimeoutError:
            opening.cancel()
            raise CodeDelayed("Its code is still being read.") from None
        except Exception as error:
            raise CodeDelayed(
                f"Its code cannot be read: {type(error).__name__}: {error}."
            ) from error

    async def _make(self) -> WorkflowInstance:
        info = self._details.info
        loaded = await self._codes.read(info.workflow_type, RunOf.at(info))
        return make_instance(self._details, loaded)

    def _refused(self, run_id: str) -> WorkflowActivationCompletion:
        """The end of a run that does not belong here. Its task would be tried again for ever."""
        info = self._details.info
        error = foreign(info.workflow_id, info.task_queue)
        completion = WorkflowActivationCompletion(run_id=run_id)
        failure = completion.successful.commands.add().fail_workflow_execution.failure
        failure.message = error.message
        failure.source = "everloom"
        failure.application_failure_info.type = error.code
        failure.application_failure_info.non_retryable = True
        log.warning("run of elsewhere refused", queue=info.task_queue, workflow_id=info.workflow_id)
        return completion

    def _failed(self, run_id: str, error: EverloomError) -> WorkflowActivationCompletion:
        info = self._details.info
        completion = WorkflowActivationCompletion(run_id=run_id)
        failure = completion.failed.failure
        failure.message = (
            f"Version `{info.workflow_type}` cannot be run now: {error.message} {error.hint}"
        ).rstrip()
        failure.source = "everloom"
        failure.application_failure_info.type = error.code
        log.warning(
            "version cannot be run now",
            version=info.workflow_type,
            queue=info.task_queue,
            workflow_id=info.workflow_id,
            code=error.code,
            reason=error.message,
        )
        return completion


def _nothing() -> WorkflowActivationCompletion:
    completion = WorkflowActivationCompletion()
    completion.successful.SetInParent()
    return completion
