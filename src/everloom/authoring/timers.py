"""Waits of a workflow: until a moment, until something is so, or not longer than this.

They are Temporal's timers, so they outlive every worker, and each has a name in its interface.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

from everloom.core import Unavailable

from .moments import with_zone

NOTHING = timedelta(0)


class DeadlinePassed(Unavailable, TimeoutError):
    """What had to be done, or to come, by a moment was not there.

    Also a `TimeoutError`: to a saga the outcome of a step that ran into it is unknown.
    """

    code = "deadline-passed"

    def __init__(self, name: str, moment: datetime) -> None:
        super().__init__(f"{name} passed at {_shown(moment)}.")
        self.moment = moment
        """When it passed."""


async def sleep_until(moment: datetime, *, summary: str = "") -> None:
    """Wait until a moment; one that has passed is not waited for.

    Args:
        moment: With its time zone; `moment_at` and `next_at` make one.
        summary: The timer's name in Temporal's interface. Default: the moment.

    Raises:
        ZoneInvalid: It has no time zone.
    """
    left = with_zone(moment) - workflow.now()
    if left > NOTHING:
        await workflow.sleep(left, summary=summary or f"Until {_shown(moment)}")


async def wait_for(
    condition: Callable[[], bool], *, at_most: timedelta | datetime, summary: str = ""
) -> None:
    """Wait until something is so, for example because a signal came.

    Args:
        condition: Looked at whenever anything happened in the run.
        at_most: How long, or until which moment.
        summary: The timer's name in Temporal's interface. Default: the moment.

    Raises:
        DeadlinePassed: It was not so by then.
        ZoneInvalid: The moment has no time zone.
    """
    if condition():
        return
    moment = _moment_of(at_most)
    left = moment - workflow.now()
    name = summary or f"Until {_shown(moment)}"
    if left <= NOTHING:
        raise DeadlinePassed(_called(summary), moment)
    try:
        await workflow.wait_condition(condition, timeout=left, timeout_summary=name)
    except TimeoutError:
        raise DeadlinePassed(_called(summary), moment) from None


def deadline(by: timedelta | datetime, *, summary: str = "") -> "Deadline":
    """Cancel the block when it takes longer, and raise `DeadlinePassed`.

    ```python
    try:
        async with deadline(timedelta(hours=2), summary="Answer of the bank"):
            receipt = await call(charge, order)
            await child(Ship, order)
    except DeadlinePassed:
        await call(tell_customer, order)
    ```

    What the block waits for is cancelled as if the run were: activities hear of it at their next
    heartbeat, children as their `on_cancel` says. The cancellation of the run itself stays what it
    is, and so does that of a deadline around this one.

    Args:
        by: How long the block may take, or until which moment.
        summary: The timer's name in Temporal's interface, and the failure's. Default: the moment.

    Raises:
        ZoneInvalid: The moment has no time zone.
    """
    return Deadline(_moment_of(by), summary)


class Deadline:
    """A deadline around a block; made by `deadline`."""

    def __init__(self, moment: datetime, summary: str) -> None:
        """Made by `deadline`."""
        self.moment = moment
        """When it passes."""
        self.has_passed = False
        """Whether it passed while the block ran. The block may have ended well all the same: a call
        whose policy says `await_cancel` lets its activity end."""
        self._summary = summary
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._cancels_before = 0
        self._reason_before: str | None = None

    async def __aenter__(self) -> Self:
        left = self.moment - workflow.now()
        if left <= NOTHING:
            self.has_passed = True
            raise DeadlinePassed(_called(self._summary), self.moment)
        self._task = task = asyncio.current_task()
        assert task is not None  # noqa: S101 - workflow code always runs in a task
        self._cancels_before = task.cancelling()
        self._reason_before = workflow.cancellation_reason()
        name = self._summary or f"Deadline {_shown(self.moment)}"
        self._timer = asyncio.create_task(workflow.sleep(left, summary=name))
        self._timer.add_done_callback(self._pass)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # From here on a timer that has just fired, and whose callback has yet to run, is too late.
        task, self._task = self._task, None
        if self._timer is not None:
            self._timer.cancel()
        if not self.has_passed or task is None:
            return
        if task.cancelling() > self._cancels_before:
            task.uncancel()  # ours; the SDK may have taken it back already
        is_ours = (
            task.cancelling() <= self._cancels_before
            and workflow.cancellation_reason() == self._reason_before
        )
        if is_ours and error is not None and is_cancelled_exception(error):
            raise DeadlinePassed(_called(self._summary), self.moment) from error

    def _pass(self, timer: asyncio.Task[None]) -> None:
        if timer.cancelled() or self._task is None:
            return
        self.has_passed = True
        self._task.cancel(f"{_called(self._summary)} passed.")


def _moment_of(by: timedelta | datetime) -> datetime:
    return workflow.now() + by if isinstance(by, timedelta) else with_zone(by)


def _called(summary: str) -> str:
    return f"The deadline `{summary}`" if summary else "A deadline"


def _shown(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
