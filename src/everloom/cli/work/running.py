"""Start a workflow, follow it, print its result."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from everloom.catalog import discover
from everloom.cli.exits import OK
from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.control import (
    Started,
    StartRequest,
    executions,
    explain_failure,
    follow_run,
    start_run,
)
from everloom.temporal import RunFailed, TemporalService

from .inputs import read_duration, read_input
from .platform import platform
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
    project: str | None = None
    version: str | None = None
    priority: int | None = None
    follow: bool
    wait: bool
    as_json: bool


def run(call: Call) -> int:
    """Start a run; wait for it when that was asked for."""
    out = Output(as_json=call.as_json)
    if call.project is None:
        _refuse_without_project(call)
        return asyncio.run(_run(call, out))
    if call.queue is not None:
        raise UsageInvalid(
            "A project has one queue, so `--queue` says nothing.", hint="Leave it out."
        )
    return asyncio.run(_run_in_project(call, call.project, out))


def _refuse_without_project(call: Call) -> None:
    said = [
        name
        for name, value in (("--version", call.version), ("--priority", call.priority))
        if value is not None
    ]
    if said:
        raise UsageInvalid(
            f"`{said[0]}` says something about a run of a project, and none is named.",
            hint="Name it: `--project NAME`.",
        )


async def _run_in_project(call: Call, project: str, out: Output) -> int:
    async with platform() as p:
        started = await executions.start_run(
            p,
            project,
            call.workflow,
            read_input(call.input),
            id=call.id,
            version=call.version,
            delay=read_duration(call.start_delay, "--start-delay"),
            priority=call.priority,
            by=p.settings.projects.user,
        )
        done = "There is a run of this id already:" if started.existed else "Started"
        out.say(f"{done} {started.id} ({started.type_name})")
        if started.page:
            out.say(f"Look at it: {started.page}")
        look = f"everloom runs show {started.id} --project {project}"
        if not call.wait:
            return _show_started(out, asdict(started), started.id, look)
        result = await _result(p.temporal, started.workflow_id, out, look=look, follow=call.follow)
    _show_result(out, asdict(started), result)
    return OK


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
            return _show_started(out, asdict(started), started.id, look)
        result = await _result(now.temporal, started.id, out, look=look, follow=call.follow)
    _show_result(out, asdict(started), result)
    return OK


def _show_started(out: Output, document: dict[str, Any], id: str, look: str) -> int:
    if out.as_json:
        out.document(document)
    else:
        out.line(id)
        out.say(f"How it goes: {look}")
    return OK


def _show_result(out: Output, document: dict[str, Any], result: object) -> None:
    if out.as_json:
        out.document({**document, "status": "completed", "result": result})
    else:
        out.value(result)


def _say_started(out: Output, started: Started) -> None:
    done = "There is a run of this id already:" if started.existed else "Started"
    out.say(f"{done} {started.id} ({started.workflow} on queue {started.queue})")
    if started.page:
        out.say(f"Look at it: {started.page}")


async def _result(
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
