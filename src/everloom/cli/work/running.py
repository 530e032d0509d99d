"""Start a workflow, follow it, print its result."""

import asyncio
from dataclasses import asdict, dataclass

from everloom.catalog import discover
from everloom.cli.exits import OK
from everloom.cli.output import Output
from everloom.control import Started, StartRequest, explain_failure, follow_run, start_run
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
        if not call.wait:
            if call.as_json:
                out.document(asdict(started))
            else:
                out.line(started.id)
                out.say(f"How it goes: everloom runs show {started.id}")
            return OK
        result = await _result(now.temporal, started, out, follow=call.follow)
    if call.as_json:
        out.document({**asdict(started), "status": "completed", "result": result})
    else:
        out.value(result)
    return OK


def _say_started(out: Output, started: Started) -> None:
    done = "There is a run of this id already:" if started.existed else "Started"
    out.say(f"{done} {started.id} ({started.workflow} on queue {started.queue})")
    if started.page:
        out.say(f"Look at it: {started.page}")


async def _result(
    temporal: TemporalService, started: Started, out: Output, *, follow: bool
) -> object:
    """Wait for the end. The error of a run that failed gets its causes."""
    try:
        if follow:
            await _follow(temporal, started, out)
        return await temporal.workflow_result(started.id, None, None)
    except RunFailed as error:
        raise _explained(error, started.id) from error
    except asyncio.CancelledError:
        out.say(f"The run goes on. Look at it: everloom runs show {started.id}")
        raise


async def _follow(temporal: TemporalService, started: Started, out: Output) -> None:
    with Ticker(out.talk) as ticker:
        async for sight in follow_run(temporal, started.id):
            ticker.show(sight)


def _explained(error: RunFailed, run: str) -> RunFailed:
    """The failure with its causes, under the code of what failed: that is what programs act on."""
    code = error.failure_type or error.code
    told = type(RunFailed.__name__, (RunFailed,), {"code": code})(
        error.message,
        status=error.status,
        reason=error.reason,
        failure_type=error.failure_type,
    )
    told.problems = explain_failure(error)
    told.hint = f"Everything about it: everloom runs show {run}"
    return told
