"""Start a workflow, follow it, print its result."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from everloom.catalog import discover
from everloom.cli.exits import OK
from everloom.cli.output import Output
from everloom.control import (
    Started,
    StartRequest,
    explain_failure,
    follow_run,
    start_run,
)
from everloom.temporal import RunFailed, TemporalService

from .inputs import read_duration, read_input
from .progress import Ticker
from .session import session


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was typed."""

    workflow: str
    input: str | None
    id: str | None
    queue: str | None
    start_delay: str | None
    follow: bool
    wait: bool
    as_json: bool


def run(call: Call) -> int:
    """Start a run; wait for it when that was asked for."""
    return asyncio.run(_run(call, Output(as_json=call.as_json)))


async def _run(call: Call, out: Output) -> int:
    request = StartRequest(
        workflow=call.workflow,
        input=read_input(call.input),
        id=call.id,
        queue=call.queue,
        start_delay=read_duration(call.start_delay, "--start-delay"),
    )
    async with session() as now:
        catalog = discover(now.settings)
        started = await start_run(now.settings, catalog, now.temporal, request)
        _say_started(out, started)
        look = f"everloom runs show {started.id}"
        if not call.wait:
            return show_started(out, asdict(started), started.id, look)
        result = await await_result(now.temporal, started.id, out, look=look, follow=call.follow)
    show_result(out, asdict(started), result)
    return OK


def show_started(out: Output, document: dict[str, Any], id: str, look: str) -> int:
    """Write what was started, for those who do not wait."""
    if out.as_json:
        out.document(document)
    else:
        out.line(id)
        out.say(f"How it goes: {look}")
    return OK


def show_result(out: Output, document: dict[str, Any], result: object) -> None:
    """Write what came of it, for those who waited."""
    if out.as_json:
        out.document({**document, "status": "completed", "result": result})
    else:
        out.value(result)


def _say_started(out: Output, started: Started) -> None:
    done = "There is a run of this id already:" if started.existed else "Started"
    out.say(f"{done} {started.id} ({started.workflow} on queue {started.queue})")
    if started.page:
        out.say(f"Look at it: {started.page}")


async def await_result(
    temporal: TemporalService, workflow_id: str, out: Output, *, look: str, follow: bool
) -> object:
    """Wait for the end. The error of a run that failed gets its causes."""
    try:
        if follow:
            await _follow(temporal, workflow_id, out)
        return await temporal.workflow_result(workflow_id, None, None)
    except RunFailed as error:
        raise _explained(error, look) from error
    except asyncio.CancelledError:
        out.say(f"The run goes on. Look at it: {look}")
        raise


async def _follow(temporal: TemporalService, workflow_id: str, out: Output) -> None:
    with Ticker(out.talk) as ticker:
        async for sight in follow_run(temporal, workflow_id):
            ticker.show(sight)


def _explained(error: RunFailed, look: str) -> RunFailed:
    """The failure with its causes, under the code of what failed: that is what programs act on."""
    code = error.failure_type or error.code
    told = type(RunFailed.__name__, (RunFailed,), {"code": code})(
        error.message,
        status=error.status,
        reason=error.reason,
        failure_type=error.failure_type,
    )
    told.problems = explain_failure(error)
    told.hint = f"Everything about it: {look}"
    return told
