"""Start a run of what a project has published, follow it, print its result."""

import asyncio
from dataclasses import asdict, dataclass

from everloom.cli.exits import OK
from everloom.cli.output import Output
from everloom.cli.work.inputs import read_duration, read_input
from everloom.cli.work.platform import platform
from everloom.cli.work.running import Call, await_result, show_result, show_started
from everloom.control.executions import start_run

__all__ = ["Call", "Wanted", "run"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed about the project."""

    project: str
    version: str | None
    priority: int | None


def run(call: Call, wanted: Wanted) -> int:
    """Start a run; wait for it when that was asked for."""
    return asyncio.run(_run(call, wanted, Output(as_json=call.as_json)))


async def _run(call: Call, wanted: Wanted, out: Output) -> int:
    async with platform() as p:
        started = await start_run(
            p,
            wanted.project,
            call.workflow,
            read_input(call.input),
            id=call.id,
            version=wanted.version,
            delay=read_duration(call.start_delay, "--start-delay"),
            priority=wanted.priority,
            by=p.settings.projects.user,
        )
        done = "There is a run of this id already:" if started.existed else "Started"
        out.say(f"{done} {started.id} ({started.type_name})")
        if started.page:
            out.say(f"Look at it: {started.page}")
        look = f"everloom runs show {started.id} --project {wanted.project}"
        if not call.wait:
            return show_started(out, asdict(started), started.id, look)
        result = await await_result(
            p.temporal, started.workflow_id, out, look=look, follow=call.follow
        )
    show_result(out, asdict(started), result)
    return OK
