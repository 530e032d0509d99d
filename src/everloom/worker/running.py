"""Which activities run in this process right now, and which were cut off when it drained."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from .messages import Abandoned


@dataclass(frozen=True, eq=False)
class RunningActivity:
    """One activity from its start to its end."""

    name: str
    workflow_id: str
    attempt: int
    function: Callable[..., Any]
    task: asyncio.Task[Any] | None
    """The task it runs in, or waits in when it is a plain function in a thread."""

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

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Noting(next, self)

    def __len__(self) -> int:
        return len(self._running)

    def now(self) -> tuple[RunningActivity, ...]:
        """What runs now. Safe to call from another thread."""
        return tuple(self._running.copy())

    def begin(self, running: RunningActivity) -> None:
        """Note that an activity starts."""
        self._running.add(running)

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
            function=input.fn,
            task=asyncio.current_task(),
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
