"""Workflows that wait, and how the tests see what they waited for."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import (
        DeadlinePassed,
        Policy,
        Reminded,
        Saga,
        Workflow,
        activity_type,
        beating,
        call,
        daily,
        deadline,
        next_at,
        remind,
        sleep_until,
        wait_for,
        workflow_type,
    )
    from everloom.core import Invalid

SHORT = timedelta(milliseconds=100)
LONG = timedelta(hours=1)
ZONE = "Europe/Brussels"

reminded: dict[str, list[int]] = {}
"""Numbers of the reminders by run, as the activity saw them."""


class Reminder(BaseModel):
    """What the activity is given."""

    run: str
    number: int


class NoMail(Invalid):
    """The address will never work."""

    code = "no-mail"


@activity_type(name="sample.remind")
async def send_reminder(reminder: Reminder) -> None:
    """Remind somebody."""
    reminded.setdefault(reminder.run, []).append(reminder.number)
    if reminder.run.startswith("refused") and reminder.number == 1:
        raise NoMail("There is no such address.")
    if reminder.run.startswith("stuck"):
        with beating():
            await asyncio.Event().wait()


@activity_type(name="sample.stay")
async def stay(seconds: float) -> str:
    """Stay busy, and finish even when cancelled."""
    with beating():
        try:
            await asyncio.wait_for(asyncio.Event().wait(), seconds)
        except asyncio.CancelledError:
            return "cancelled, and finished"
        except TimeoutError:
            return "finished"
    return "never"


@activity_type(name="sample.undo-stay")
async def undo_stay(seconds: float) -> None:
    """Undo a stay."""


BEATING = Policy(heartbeat=timedelta(milliseconds=300))
PATIENT = Policy(heartbeat=timedelta(milliseconds=300), await_cancel=True)


@workflow_type(name="sample.waits")
class Waits(Workflow[str, str]):
    """Wait in one of many ways."""

    def __init__(self) -> None:
        self._approved = False
        self._log: list[str] = []

    @override
    async def run(self, input: str) -> str:
        way: Any = getattr(self, f"_{input}")
        return await way()

    @workflow.signal
    def approve(self) -> None:
        """What is waited for."""
        self._approved = True

    @workflow.query
    def is_reminded(self) -> bool:
        """Whether a reminder is under way or was given."""
        return bool(self._log)

    async def _until(self) -> str:
        begun = workflow.now()
        await sleep_until(begun + SHORT)
        await sleep_until(begun + 2 * SHORT, summary="a moment more")
        await sleep_until(begun)
        return "late" if workflow.now() >= begun + 2 * SHORT else "early"

    async def _until_naive(self) -> str:
        await sleep_until(datetime(2030, 1, 1))  # noqa: DTZ001 - that is the test
        return "never"

    async def _until_nowhere(self) -> str:
        await sleep_until(next_at(time(9), "Europe/Brussel"))
        return "never"

    async def _until_nine(self) -> str:
        moment = next_at(time(9), ZONE)
        later = next_at(time(9), ZONE, after=moment)
        assert workflow.now() < moment <= workflow.now() + timedelta(hours=25)
        assert timedelta(hours=23) <= later - moment <= timedelta(hours=25)
        return f"{moment:%H:%M} {moment.tzinfo}"

    async def _wait_for(self) -> str:
        await wait_for(lambda: self._approved, at_most=LONG, summary="Approval")
        await wait_for(lambda: self._approved, at_most=-LONG)
        return "approved"

    async def _wait_in_vain(self) -> str:
        moment = workflow.now() + SHORT
        await wait_for(lambda: self._approved, at_most=moment, summary="Approval")
        return "never"

    async def _wait_for_the_past(self) -> str:
        await wait_for(lambda: self._approved, at_most=workflow.now() - SHORT)
        return "never"

    async def _in_time(self) -> str:
        async with deadline(LONG) as limit:
            await workflow.sleep(SHORT)
        return f"in time: {not limit.has_passed}"

    async def _too_late(self) -> str:
        try:
            async with deadline(SHORT, summary="The whole"):
                await workflow.sleep(LONG)
        except DeadlinePassed as error:
            await workflow.sleep(SHORT)  # goes on like any other code
            return error.message
        return "never"

    async def _uncaught(self) -> str:
        async with deadline(SHORT):
            await workflow.sleep(LONG)
        return "never"

    async def _past(self) -> str:
        async with deadline(workflow.now() - SHORT):
            self._log.append("begun")
        return "never"

    async def _activity(self) -> str:
        try:
            async with deadline(SHORT):
                await call(stay, 60.0, policy=BEATING)
        except DeadlinePassed as error:
            return error.code
        return "never"

    async def _activity_finishes(self) -> str:
        async with deadline(SHORT) as limit:
            said = await call(stay, 60.0, policy=PATIENT)
        return f"{said}; passed: {limit.has_passed}"

    async def _inner(self) -> str:
        async with deadline(LONG) as outer:
            try:
                async with deadline(SHORT, summary="inner"):
                    await workflow.sleep(LONG)
            except DeadlinePassed as error:
                await workflow.sleep(SHORT)
                return f"{error.message.split('`')[1]} {outer.has_passed}"
        return "never"

    async def _outer(self) -> str:
        try:
            async with deadline(SHORT, summary="outer"):
                try:
                    async with deadline(LONG, summary="inner"):
                        await workflow.sleep(LONG)
                except DeadlinePassed:
                    return "the wrong one"
        except DeadlinePassed as error:
            return error.message.split("`")[1]
        return "never"

    async def _both(self) -> str:
        moment = workflow.now() + SHORT
        try:
            async with deadline(moment, summary="outer"):
                try:
                    async with deadline(moment, summary="inner"):
                        await workflow.sleep(LONG)
                except DeadlinePassed:
                    return "the wrong one"
        except DeadlinePassed as error:
            return error.message.split("`")[1]
        return "never"

    async def _own_cancellation(self) -> str:
        try:
            async with deadline(LONG):
                await workflow.sleep(LONG)
        except DeadlinePassed:
            return "the wrong one"
        return "never"

    async def _in_clean_up(self) -> str:
        try:
            await workflow.sleep(LONG)
        except asyncio.CancelledError:
            try:
                async with deadline(SHORT):
                    await workflow.sleep(LONG)
            except DeadlinePassed as error:
                return error.code
        return "never"

    async def _cancelled_at_the_same_time(self) -> str:
        async with deadline(SHORT) as limit:
            limited = asyncio.current_task()
            assert limited is not None
            await workflow.wait_condition(lambda: limit.has_passed or self._approved)
            self.cancel("by itself")
            await workflow.sleep(LONG)
        return "never"

    async def _just_in_time(self) -> str:
        moment = workflow.now() + SHORT
        async with deadline(moment) as limit:
            await asyncio.sleep(0)  # so that the deadline's timer begins, and fires, first
            await sleep_until(moment)
        await workflow.sleep(SHORT)
        return f"just in time: {not limit.has_passed}"

    async def _saga(self) -> str:
        async def limited() -> str:
            async with deadline(SHORT):
                return await call(stay, 60.0, policy=BEATING)

        saga = Saga()
        try:
            async with saga:
                await saga.step(limited(), undo=undo_stay, undo_input=60.0)
        except DeadlinePassed:
            progress = saga.progress
            return f"{progress.error and progress.error.code}: {progress.undone}"
        return "never"

    async def _remind(self) -> str:
        return self._told(
            await remind(self._send, until=lambda: self._approved, every=SHORT, summary="Chase")
        )

    async def _remind_at(self) -> str:
        now = workflow.now()
        at = [-SHORT, SHORT, now + 2 * SHORT]
        return self._told(await remind(self._send, until=lambda: self._approved, at=at))

    async def _remind_daily(self) -> str:
        return self._told(
            await remind(self._send, until=lambda: self._approved, at=daily(time(9), ZONE))
        )

    async def _remind_in_time(self) -> str:
        async with deadline(3.5 * SHORT):
            await remind(self._send, until=lambda: self._approved, every=SHORT)
        return "never"

    async def _remind_slowly(self) -> str:
        async def slow(number: int) -> None:
            self._log.append(str(number))
            await workflow.sleep(2.5 * SHORT)

        begun = workflow.now()
        async with deadline(LONG):
            await remind(slow, until=lambda: len(self._log) == 2, every=SHORT)
        # 1 at 100 ms until 350 ms; 2 and 3 have passed by then, so the next is at 400 ms.
        return "left out" if workflow.now() - begun >= 4 * SHORT else "heaped up"

    async def _remind_with_a_bug(self) -> str:
        async def broken(number: int) -> None:
            raise KeyError(number)

        await remind(broken, until=lambda: self._approved, every=SHORT)
        return "never"

    async def _remind_never(self) -> str:
        await remind(self._send, until=lambda: True, every=timedelta(0))
        return "never"

    async def _remind_when(self) -> str:
        await remind(self._send, until=lambda: True)  # pyright: ignore[reportCallIssue] - on purpose
        return "never"

    async def _send(self, number: int) -> None:
        self._log.append(str(number))
        run = workflow.info().workflow_id
        await call(send_reminder, Reminder(run=run, number=number), policy=BEATING)

    def _told(self, outcome: Reminded) -> str:
        codes = ",".join(failure.code for failure in outcome.failures)
        return f"{outcome.count} reminders; failures: {codes}"
