"""Which activities run in this process right now, and which were cut off when it drained."""

import asyncio
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from .messages import Abandoned

_current: ContextVar["RunningActivity | None"] = ContextVar("everloom_activity", default=None)
"""Tasks that an activity starts inherit it."""


@dataclass(frozen=True, eq=False)
class RunningActivity:
    """One activity from its start to its end."""

    name: str
    workflow_id: str
    attempt: int
    since: float = field(default_factory=time.monotonic)

    def abandoned(self) -> Abandoned:
        """Its line in the report of a drain."""
        return Abandoned(
            activity=self.name,
            workflow_id=self.workflow_id,
            attempt=self.attempt,
            ran_seconds=round(time.monotonic() - self.since, 1),
        )


class RunningActivities(Interceptor):
    """Notes every activity of the process. One object serves all its SDK workers."""

    def __init__(self) -> None:
        self._running: set[RunningActivity] = set()
        self._cut_off: list[Abandoned] = []
        self._tasks: WeakKeyDictionary[asyncio.Task[Any], RunningActivity] = WeakKeyDictionary()

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Noting(next, self)

    def __len__(self) -> int:
        return len(self._running)

    def note_tasks(self, loop: asyncio.AbstractEventLoop) -> None:
        """Note from now on which activity each new task belongs to."""

        def make(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
            task = asyncio.Task[Any](coro, loop=loop, **options)
            if (running := _current.get()) is not None:
                self._tasks[task] = running
            return task

        loop.set_task_factory(make)

    def find(self, task: asyncio.Task[Any] | None) -> RunningActivity | None:
        """The activity that a task belongs to. Safe to call from another thread."""
        return self._tasks.get(task) if task is not None else None

    def begin(self, running: RunningActivity) -> None:
        """Note that an activity starts in this task."""
        self._running.add(running)
        _current.set(running)
        if (task := asyncio.current_task()) is not None:
            self._tasks[task] = running

    def end(self, running: RunningActivity, *, cut_off: bool) -> None:
        """Note that an activity ended, by itself or because its worker stops."""
        self._running.discard(running)
        if cut_off:
            self._cut_off.append(running.abandoned())

    def abandoned(self) -> tuple[Abandoned, ...]:
        """What was cut off, and what still runs although it was told to end."""
        return (*self._cut_off, *(running.abandoned() for running in self._running))


class _Noting(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, activities: RunningActivities) -> None:
        super().__init__(inner)
        self._activities = activities

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        running = RunningActivity(
            name=info.activity_type,
            workflow_id=info.workflow_id or "",
            attempt=info.attempt,
        )
        self._activities.begin(running)
        cut_off = True
        try:
            result = await super().execute_activity(input)
            cut_off = False
            return result
        finally:
            details = activity.cancellation_details()
            self._activities.end(
                running, cut_off=cut_off and details is not None and details.worker_shutdown
            )
