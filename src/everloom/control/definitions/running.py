"""Run a definition that a worker serves: start it, send it events, wait, end it when its time is over."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from everloom.authoring import StartOptions
from everloom.control.why import explain_wait
from everloom.core import EverloomError, Invalid, format_duration
from everloom.flow import EVENT_SIGNAL, Json
from everloom.temporal import (
    MessageRefused,
    RunFailed,
    RunNotFound,
    TemporalService,
    read_waits,
)

from .gathering import gather, is_listening, read_trace
from .outcomes import RunOutcome, Status, ended_by, timed_out
from .sending import cannot_be_sent

BACKSTOP = timedelta(minutes=1)
"""How much longer than its time a run may live, for when nobody is left who ends it."""

FIRST_LOOK = 0.02
LONGEST_LOOK = 0.25
"""Seconds between two looks whether a run listens."""

LAST_LOOK = timedelta(seconds=1)
"""How long a run whose time is over may take to say what it did, and what held it up."""

TASK_TIMEOUT = timedelta(seconds=5)
"""How long a run stands still when the process is lost that had its step."""


@dataclass(frozen=True, kw_only=True)
class DefinitionRun:
    """What to run."""

    workflow: str
    """Workflow type: `shop.order@1.0.0`."""
    input: Json
    id: str
    queue: str
    timeout: timedelta
    events: Sequence[Mapping[str, Any]] = ()
    """Sent to it once it listens."""
    losses: Sequence[str] = field(default=())
    """How processes that served it were lost; it may grow while it runs."""


class RunInputInvalid(Invalid):
    """The input of a run holds what JSON cannot."""

    code = "run-input-invalid"


def check_run_input(input: Json) -> Json:
    """The input, if it can travel.

    Raises:
        RunInputInvalid: It holds a number that is none, half a character, or nests too deep.
    """
    why = cannot_be_sent(input)
    if why:
        raise RunInputInvalid(
            f"The input cannot be sent: {why}.",
            hint="`NaN`, `Infinity` and halves of surrogate pairs are no JSON.",
        )
    return input


async def run_definition(temporal: TemporalService, wanted: DefinitionRun) -> RunOutcome:
    """Run a definition to its end, or to the end of its time, when it is terminated.

    Raises:
        RunExists: A run of that id is under way.
        TemporalUnavailable: Temporal is away.
    """
    run_id = await temporal.start_workflow(wanted.workflow, wanted.input, _options(wanted))
    run = _Run(temporal, wanted, run_id)
    try:
        return await run.outcome()
    except asyncio.CancelledError:
        await asyncio.shield(run.terminate("the command that serves it was interrupted"))
        raise


@dataclass(frozen=True)
class _End:
    """How a run ended."""

    status: Status
    output: Json = None
    error: dict[str, Json] | None = None


@dataclass
class _Run:
    temporal: TemporalService
    wanted: DefinitionRun
    run_id: str
    untold: str = ""
    """Why it was not told all events."""

    async def outcome(self) -> RunOutcome:
        """Its end within its time and what it did, or what it did until then."""
        try:
            async with asyncio.timeout(self.wanted.timeout.total_seconds()):
                end = await self._told_end()
        except TimeoutError:
            end, trace = await self._end_it()
        else:
            trace = await read_trace(self.temporal, self.wanted.id)
        found = await gather(self.temporal, self.wanted.id, self.run_id)
        return RunOutcome(
            status=end.status,
            output=end.output,
            error=end.error,
            trace=trace,
            events=tuple(found.events),
            workflow_id=self.wanted.id,
            run_id=found.run_id,
            history_length=found.history_length,
        )

    async def terminate(self, reason: str) -> None:
        """End it at once. It may have ended by itself this moment."""
        with suppress(EverloomError, TimeoutError):
            async with asyncio.timeout(LAST_LOOK.total_seconds()):
                await self.temporal.terminate_workflow(self.wanted.id, None, reason)

    async def _told_end(self) -> _End:
        """Its end; it is told the events meanwhile, as soon as it listens."""
        telling = asyncio.create_task(self._tell())
        try:
            return await self._end()
        finally:
            telling.cancel()
            await asyncio.wait([telling])
            if not telling.cancelled() and (error := telling.exception()) is not None:
                said = str(error).rstrip(".")
                self.untold = f"It could not be sent all events: {said}. "

    async def _end(self) -> _End:
        try:
            output = await self.temporal.workflow_result(self.wanted.id, self.run_id, None)
        except RunFailed as error:
            status, problem = ended_by(error)
            return _End(status, error=problem)
        return _End("completed", output)

    async def _tell(self) -> None:
        """Send the events, in their order. Who ends before listening hears none of them."""
        pause = FIRST_LOOK
        if self.wanted.events:
            while not await is_listening(self.temporal, self.wanted.id):
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_LOOK)
        with suppress(MessageRefused, RunNotFound):  # it has ended
            for event in self.wanted.events:
                await self.temporal.signal_workflow(self.wanted.id, None, EVENT_SIGNAL, [event])

    async def _end_it(self) -> tuple[_End, tuple[dict[str, Json], ...]]:
        """End a run whose time is over, and find out what held it up."""
        reason, trace = await asyncio.gather(
            self._reason(), read_trace(self.temporal, self.wanted.id, within=LAST_LOOK)
        )
        limit = format_duration(self.wanted.timeout)
        await self.terminate(f"it had not ended after {limit}")
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_LOOK.total_seconds()):
                end = await self._end()
                if end.status != "cancelled":  # it ended by itself while we looked
                    return end, trace
        told = timed_out(f"The run had not ended after {limit}. {reason}".rstrip())
        return _End("timed-out", error=told), trace

    async def _reason(self) -> str:
        losses = self.wanted.losses
        said = f"The process that served it {losses[-1]}. " if losses else self.untold
        with suppress(EverloomError, TimeoutError):
            async with asyncio.timeout(LAST_LOOK.total_seconds()):
                return said + await self._held_up_by()
        return said

    async def _held_up_by(self) -> str:
        waits = await read_waits(self.temporal, self.wanted.id)
        trouble = waits.trouble
        if trouble is None or trouble.cause == "timed-out":
            return (await explain_wait(self.temporal, self.wanted.id)).sentence
        kind = f"{trouble.code}: " if trouble.code else ""
        return f"Its next step fails: {kind}{trouble.message.rstrip('.')}."


def _options(wanted: DefinitionRun) -> StartOptions:
    lifetime = wanted.timeout + BACKSTOP
    return StartOptions(
        id=wanted.id,
        queue=wanted.queue,
        execution_timeout=lifetime,
        run_timeout=lifetime,
        task_timeout=TASK_TIMEOUT,
        if_exists="new",
    )
