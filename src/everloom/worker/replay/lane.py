"""Replays histories one after the other with the SDK's replayer, watching the code."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import cache
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import DataConverter
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import (
    Interceptor,
    Replayer,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowReplayResult,
    WorkflowRunner,
)
from typing_extensions import override

from everloom.temporal import WorkflowHistory

from .tracing import Trace, Tracing, begun, completed

BUILD_ID = "replay"
"""Given, because the SDK would otherwise hash every module of the process."""

_CLOSING = timedelta(seconds=5)
_TALKERS = (
    "temporalio.worker",
    "temporalio.worker._workflow",
    "temporalio.worker._workflow_instance",
    "temporalio.worker.workflow_sandbox._importer",
    "temporalio.worker.workflow_sandbox._restrictions",
    "temporalio.workflow",
)
_closing: set[asyncio.Future[None]] = set()


@cache
def quiet_runtime() -> Runtime:
    """A runtime of the SDK that writes nothing: what it finds is told by us."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


class _Unheard(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return False


class Silence:
    """Keeps the SDK, and workflow code at the end of a history, from logging what is told anyway."""

    def __init__(self) -> None:
        self._unheard = _Unheard()
        self._loggers = [logging.getLogger(name) for name in _TALKERS]

    def __enter__(self) -> None:
        for logger in self._loggers:
            logger.addFilter(self._unheard)

    def __exit__(self, *_: object) -> None:
        for logger in self._loggers:
            logger.removeFilter(self._unheard)


class TimeIsUp(Exception):
    """A replay did not come back in time."""


class Lane:
    """One replayer with its worker threads. Not for two histories at once."""

    def __init__(
        self,
        workflows: Sequence[type[Any]],
        *,
        packages: Sequence[str],
        converter: DataConverter,
        runner: WorkflowRunner,
        interceptors: Sequence[Interceptor],
        namespace: str,
    ) -> None:
        self._packages = packages
        self._trace = Trace(packages)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="replay")
        self._feed: asyncio.Queue[WorkflowHistory | None] = asyncio.Queue()
        self._stack = AsyncExitStack()
        self._results: Any = None
        self._stuck = False
        self._replayer = Replayer(
            workflows=workflows,
            workflow_task_executor=self._threads,
            workflow_runner=_Watched(runner, lambda: self._trace),
            namespace=namespace,
            data_converter=converter,
            # The last one is the innermost: it sees what the others make of a call.
            interceptors=[*interceptors, Tracing(lambda: self._trace)],
            build_id=BUILD_ID,
            runtime=quiet_runtime(),
        )

    @property
    def is_stuck(self) -> bool:
        """Whether a replay never came back, so that this lane is lost."""
        return self._stuck

    async def replay(
        self, history: WorkflowHistory, *, within: timedelta, closely: bool = False
    ) -> tuple[Exception | None, Trace]:
        """Replay one history: what the SDK found, or nothing, and what the code did.

        Args:
            history: The run's.
            within: How long that may take.
            closely: Watch where the code ends; slower.
        """
        if self._results is None:
            iterating = self._replayer.workflow_replay_iterator(self._histories())
            self._results = await self._stack.enter_async_context(iterating)
        trace = self._trace = Trace(self._packages, closely=closely)
        self._feed.put_nowait(history)
        next_result: asyncio.Task[WorkflowReplayResult] = asyncio.ensure_future(
            anext(self._results)
        )
        self._stuck = True  # until it is back; also when nobody waits for it any more
        done, _ = await asyncio.wait([next_result], timeout=within.total_seconds())
        if not done:
            return TimeIsUp(), trace
        self._stuck = False
        return next_result.result().replay_failure, trace

    async def close(self) -> None:
        """End its worker; one that is stuck ends when it comes back, and nobody waits for that."""
        self._feed.put_nowait(None)
        closing = asyncio.ensure_future(self._stack.aclose())
        _closing.add(closing)
        closing.add_done_callback(_closing.discard)
        await asyncio.wait([closing], timeout=0 if self._stuck else _CLOSING.total_seconds())
        self._threads.shutdown(wait=False, cancel_futures=not self._stuck)

    async def _histories(self) -> AsyncGenerator[WorkflowHistory]:
        while (history := await self._feed.get()) is not None:
            yield history


class _Watched(WorkflowRunner):
    """The runner of the workers, with a look at each activation."""

    def __init__(self, inner: WorkflowRunner, current: Any) -> None:
        self._inner = inner
        self._current = current

    @override
    def prepare_workflow(self, defn: Any) -> None:
        """Nothing ahead: a module that cannot be imported would take all other workflows along."""

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        trace: Trace = self._current()
        try:
            return _WatchedInstance(self._inner.create_instance(det), trace)
        except Exception as error:
            trace.import_error = error
            raise

    @override
    def set_worker_level_failure_exception_types(
        self, types: Sequence[type[BaseException]]
    ) -> None:
        self._inner.set_worker_level_failure_exception_types(types)


class _WatchedInstance(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, trace: Trace) -> None:
        self._inner = inner
        self._trace = trace

    @override
    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        begun(self._trace, act)
        with self._trace.watching():
            completion = self._inner.activate(act)
        completed(self._trace, completion)
        return completion

    @override
    def get_serialization_context(self, command_info: Any) -> Any:
        return self._inner.get_serialization_context(command_info)

    @override
    def get_external_store_context(self, command_info: Any) -> Any:
        return self._inner.get_external_store_context(command_info)

    @override
    def get_info(self) -> Any:
        return self._inner.get_info()

    @override
    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()
