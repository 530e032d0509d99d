"""Remind somebody at set moments, until what is waited for has come."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, overload

from pydantic import BaseModel
from temporalio import workflow

from everloom.core import Invalid

from .failures import FAILURES, Failure, describe_failure
from .moments import with_zone
from .timers import NOTHING


class ReminderInvalid(Invalid):
    """The moments of a reminder cannot be told."""

    code = "reminder-invalid"


class Reminded(BaseModel, frozen=True):
    """What was done until the thing had come."""

    count: int = 0
    """Reminders that were given, those that failed left out."""

    failures: tuple[Failure, ...] = ()
    """Those that failed for good: nobody was reminded by them."""


@overload
async def remind(
    do: Callable[[int], Awaitable[object]],
    *,
    until: Callable[[], bool],
    every: timedelta,
    summary: str = ...,
) -> Reminded: ...
@overload
async def remind(
    do: Callable[[int], Awaitable[object]],
    *,
    until: Callable[[], bool],
    at: Iterable[timedelta | datetime],
    summary: str = ...,
) -> Reminded: ...
async def remind(
    do: Callable[[int], Awaitable[object]],
    *,
    until: Callable[[], bool],
    every: timedelta | None = None,
    at: Iterable[timedelta | datetime] | None = None,
    summary: str = "",
) -> Reminded:
    """Wait until something is so, and remind of it at set moments meanwhile.

    ```python
    await remind(
        lambda number: call(mail_manager, Reminder(order=order.id, number=number)),
        until=lambda: self.approved is not None,
        every=timedelta(days=1),
    )
    ```

    A reminder that fails for good is logged, and the wait goes on. One that is under way when the
    thing comes is cancelled. Moments that pass while one is under way, or have passed at the
    beginning, are left out. After the last moment the wait goes on without reminders; `deadline`
    ends it.

    Args:
        do: Workflow code that reminds, usually a call of an activity; given the number of the
            reminder, from 1.
        until: What is waited for; looked at whenever anything happened in the run.
        every: Time from one reminder to the next, counted from the beginning.
        at: When, in their order: times after the beginning, or moments with their time zone. May be
            without end, as `daily` is.
        summary: Name of the timers in Temporal's interface. Default: `Reminder`; the number follows.

    Raises:
        ReminderInvalid: Neither or both of `every` and `at` are given, or `every` is nothing.
        ZoneInvalid: A moment has no time zone.
    """
    begin = workflow.now()
    reminding = _Reminding(do, until, summary or "Reminder")
    for moment in _moments(begin, every, at):
        if moment <= workflow.now():
            continue
        if await reminding.has_come_by(moment):
            return reminding.outcome
        await reminding.remind()
    await workflow.wait_condition(until)
    return reminding.outcome


class _Reminding:
    def __init__(
        self, do: Callable[[int], Awaitable[object]], until: Callable[[], bool], name: str
    ) -> None:
        self.outcome = Reminded()
        self._do = do
        self._until = until
        self._name = name
        self._number = 1

    async def has_come_by(self, moment: datetime) -> bool:
        name = f"{self._name} {self._number}"
        left = moment - workflow.now()
        try:
            await workflow.wait_condition(self._until, timeout=left, timeout_summary=name)
        except TimeoutError:
            return False
        return True

    async def remind(self) -> None:
        number, self._number = self._number, self._number + 1
        task = asyncio.ensure_future(self._do(number))
        try:
            await workflow.wait_condition(lambda: task.done() or self._until())
        finally:
            # Also when the run is cancelled: it must not go on beside what comes next.
            is_cut_off = not task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._count(number, task, is_cut_off=is_cut_off)

    def _count(self, number: int, task: "asyncio.Future[Any]", *, is_cut_off: bool) -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is None:
            self.outcome = self.outcome.model_copy(update={"count": self.outcome.count + 1})
        elif not is_cut_off or not isinstance(error, (*FAILURES, asyncio.CancelledError)):
            self._fail(number, error)

    def _fail(self, number: int, error: BaseException) -> None:
        if not isinstance(error, FAILURES):
            raise error  # a bug suspends the run, as anywhere in workflow code
        failure = describe_failure(error)
        workflow.logger.warning(
            "reminder failed",
            extra={"reminder": number, "code": failure.code, "reason": failure.message},
        )
        failures = (*self.outcome.failures, failure)
        self.outcome = self.outcome.model_copy(update={"failures": failures})


def _moments(
    begin: datetime, every: timedelta | None, at: Iterable[timedelta | datetime] | None
) -> Iterator[datetime]:
    if at is not None and every is None:
        return (begin + each if isinstance(each, timedelta) else with_zone(each) for each in at)
    if every is None or at is not None:
        raise ReminderInvalid(
            "A reminder needs either `every` or `at`.", hint="Say once when to remind."
        )
    if every <= NOTHING:
        raise ReminderInvalid(f"`every` is {every}.", hint="Say how long from one to the next.")
    return _grid(begin, every)


def _grid(begin: datetime, every: timedelta) -> Iterator[datetime]:
    """From where the time is: a wait of hours leaves no heap of moments that have passed."""
    while True:
        yield begin + ((workflow.now() - begin) // every + 1) * every
