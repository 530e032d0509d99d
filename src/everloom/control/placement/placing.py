"""Start, stop and move the workers of projects, and ask how they stand.

Everything is asked of the project's placement, a workflow that hosts run. So it needs a host to be
answered; only a first start does not, and waits for one.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from everloom.authoring import StartOptions
from everloom.control.projects import Platform, find_project, note, placement_id, read_project
from everloom.core import NotFound, Unavailable
from everloom.store import Host, Project, ProjectWorker, Transaction, WorkerStatus
from everloom.temporal import (
    MessageRefused,
    NoWorker,
    RunDetails,
    RunExists,
    RunNotFound,
    read_run,
)

from .names import DRAIN, MOVE, OF_PROJECT, PLACEMENT, REFRESH, RESTART, SERVE, START, STATUS, STOP
from .shapes import Placement, PlacementStatus

SEEN_WITHIN = timedelta(seconds=5)
"""How long a start, restart or move waits for a host to serve the project."""

_LOOK = 0.05

ANSWERED_WITHIN = timedelta(seconds=3)
"""How long hosts may take to say how a project stands; after that the store says what it knows."""

STOPPED = PlacementStatus(status=WorkerStatus.STOPPED)


class HostsMissing(Unavailable):
    """No host is there that could carry the project."""

    code = "hosts-missing"


class HostMissing(NotFound):
    """There is no host of that name, or it is on its way out."""

    code = "host-missing"


async def start_worker(p: Platform, project: str, *, by: str) -> PlacementStatus:
    """Let a project be served; fine when it is.

    Raises:
        ProjectMissing: There is none of that name.
        HostsMissing: It was placed before, and no host is there to hear of it.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    # Who asked is written down first, and with the look for the project: thousands may be started.
    async with p.store.begin() as tx:
        found = await find_project(p, tx, project)
        await _note(tx, found, "worker.start", by)
    hosts = p.settings.hosts
    placement = Placement(
        project_id=found.id,
        project=f"{found.owner}/{found.name}",
        queue=found.queue,
        hosts=hosts.queue,
        retry_first=hosts.retry_first,
        retry_cap=hosts.retry_cap,
    )
    no_end = timedelta(0)
    options = StartOptions(
        id=placement_id(found.queue),
        queue=hosts.queue,
        execution_timeout=no_end,
        run_timeout=no_end,
        if_exists="new",
        summary=f"Keeps the project {found.owner}/{found.name} on a host.",
        memo={OF_PROJECT: found.id},
    )
    try:
        await p.temporal.start_workflow(PLACEMENT, placement, options)
    except RunExists:
        if not await _end_stale(p, found):
            await _ask(p, found, START)
            return await _settled(p, found)
        await p.temporal.start_workflow(PLACEMENT, placement, options)
    return PlacementStatus(status=WorkerStatus.STARTING, since=datetime.now(UTC))


async def _end_stale(p: Platform, project: Project) -> bool:
    """End the placement of a deleted project with the same queue, which no host was there to end.

    Returns:
        Whether there was one.
    """
    workflow_id = placement_id(project.queue)
    run = (await read_run(p.temporal, workflow_id)).info
    if not run.is_open or run.memo.get(OF_PROJECT, project.id) == project.id:
        return False
    with suppress(RunNotFound):
        await p.temporal.terminate_workflow(workflow_id, run.run_id, "Its project is deleted.")
    return True


async def stop_worker(p: Platform, project: str, *, by: str) -> PlacementStatus:
    """Let a project be served no longer. What runs gets `hosts.drain` to end.

    Raises:
        ProjectMissing: There is none of that name.
        HostsMissing: No host is there to hear of it.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    return await _change(p, project, STOP, action="worker.stop", by=by)


async def drain_worker(p: Platform, project: str, *, by: str) -> PlacementStatus:
    """Let a project be served no longer, and wait until what runs has ended, up to `hosts.drain`.

    Raises:
        ProjectMissing: There is none of that name.
        HostsMissing: No host is there to hear of it.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    return await _change(p, project, DRAIN, action="worker.drain", by=by)


async def restart_worker(p: Platform, project: str, *, by: str) -> PlacementStatus:
    """Let a project be served anew, as after a change of its limits. What runs ends first.

    Raises:
        ProjectMissing: There is none of that name.
        HostsMissing: No host is there to hear of it.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    try:
        await _ask(p, found, RESTART)
    except RunNotFound:
        return await start_worker(p, project, by=by)
    status = await _settled(p, found)
    async with p.store.begin() as tx:
        await _note(tx, found, "worker.restart", by)
    return status


async def move_worker(
    p: Platform, project: str, *, to: str | None = None, by: str
) -> PlacementStatus:
    """Let another host serve a project.

    Args:
        p: The platform.
        project: The project.
        to: The host's name. When it does not take it, any host does. None: the one that carries least.
        by: Who moves it.

    Raises:
        ProjectMissing: There is none of that name.
        HostMissing: There is no such host.
        HostsMissing: There is no other host with room.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    present = (await worker_status(p, project)).host
    target = await _target(p, to, present)
    await _ask(p, found, MOVE, target)
    status = await _settled(p, found)
    async with p.store.begin() as tx:
        await _note(tx, found, "worker.move", by, before=present, after=target)
    return status


async def worker_status(p: Platform, project: str) -> PlacementStatus:
    """How the worker of a project stands.

    Raises:
        ProjectMissing: There is none of that name.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    try:
        return await _read_status(p, found)
    except RunNotFound:
        return STOPPED
    except HostsMissing:
        return await _without_hosts(p, found)


async def refresh_worker(
    p: Platform, project: str | Project, types: tuple[str, ...] = (), *, drop_runs: bool = False
) -> str:
    """Let the worker of a project know that something is new.

    It reads versions when their first run comes, so it needs to be told of fixes only: then it drops
    the runs it has in memory, and they go on with the code that is right now.

    Args:
        p: The platform.
        project: The project.
        types: What is new; for people who read the call.
        drop_runs: Let the runs in memory go.

    Returns:
        Why it was not told; empty when it was, when there was nothing to tell, or when no worker is
        placed.

    Raises:
        ProjectMissing: There is none of that name.
    """
    del types
    if not drop_runs:
        return ""
    found = project if isinstance(project, Project) else await read_project(p, project)
    try:
        await _read_status(p, found)
        dropped = await p.temporal.update_workflow(
            placement_id(found.queue), None, REFRESH, args=[], result_type=bool
        )
    except (RunNotFound, MessageRefused):
        return ""
    except Unavailable as error:
        return error.message
    return "" if dropped else "The host of the project did not answer in time."


async def list_hosts(p: Platform) -> list[Host]:
    """The hosts that were heard of lately.

    Raises:
        StoreUnavailable: The database is away.
    """
    since = datetime.now(UTC) - p.settings.hosts.dead_after
    async with p.store.begin() as tx:
        return [each for each in await tx.hosts.list() if each.last_heartbeat_at > since]


async def _change(
    p: Platform, project: str, update: str, *, action: str, by: str
) -> PlacementStatus:
    found = await read_project(p, project)
    try:
        status = await _ask(p, found, update)
    except RunNotFound:
        return STOPPED
    async with p.store.begin() as tx:
        await _note(tx, found, action, by)
    return status


async def _ask(p: Platform, project: Project, update: str, *args: object) -> PlacementStatus:
    """Send an update to the placement.

    Raises:
        RunNotFound: The project was never placed, or is deleted.
        HostsMissing: No host is there to hear of it.
    """
    await _read_status(p, project)  # an update that nobody hears would be waited for without end
    try:
        return await p.temporal.update_workflow(
            placement_id(project.queue), None, update, args=args, result_type=PlacementStatus
        )
    except NoWorker as error:
        raise _nobody() from error


async def _read_status(p: Platform, project: Project) -> PlacementStatus:
    """What the placement itself says.

    Raises:
        RunNotFound: The project was never placed, or is deleted.
        HostsMissing: No host answers.
    """
    workflow_id = placement_id(project.queue)
    run = await read_run(p.temporal, workflow_id)
    if not run.info.is_open:
        raise RunNotFound(f"The placement of `{project.queue}` has ended.")
    if not await list_hosts(p):
        raise _nobody()
    try:
        async with p.temporal.talking(workflow_id, asks_worker=True) as client:
            handle = client.get_workflow_handle(workflow_id)
            said = await handle.query(
                STATUS, result_type=PlacementStatus, rpc_timeout=ANSWERED_WITHIN
            )
    except NoWorker as error:
        raise _nobody() from error
    return _carried(run, said)


def _carried(run: RunDetails, said: PlacementStatus) -> PlacementStatus:
    """What the placement says, with what Temporal knows of the host that carries the project."""
    for each in run.pending_activities:
        if each.activity != SERVE or each.state != "started" or each.last_heartbeat is None:
            continue
        is_draining = said.status is WorkerStatus.DRAINING
        return replace(
            said,
            status=said.status if is_draining else WorkerStatus.RUNNING,
            host=each.worker,
            since=each.started,
            next_attempt_at=None,
        )
    return said


async def _settled(p: Platform, project: Project) -> PlacementStatus:
    """How it stands once a host serves it, or when that takes too long."""
    end = asyncio.get_running_loop().time() + SEEN_WITHIN.total_seconds()
    while True:
        status = await _read_status(p, project)
        if status.status is WorkerStatus.RUNNING or asyncio.get_running_loop().time() > end:
            return status
        await asyncio.sleep(_LOOK)


def _nobody() -> HostsMissing:
    return HostsMissing("No host answers.", hint="Start one with `everloom host`.")


async def _target(p: Platform, to: str | None, present: str | None) -> str:
    hosts = {each.name: each for each in await list_hosts(p) if not each.is_draining}
    if to is not None:
        if to in hosts:
            return to
        raise HostMissing(
            f"There is no host `{to}`.", hint="`everloom hosts list` shows those that are there."
        )
    others = [
        each for name, each in hosts.items() if name != present and each.projects < each.slots
    ]
    if not others:
        raise HostsMissing(
            "There is no other host with room for the project.",
            hint="Start one with `everloom host`.",
        )
    return min(others, key=lambda each: each.projects).name


async def _without_hosts(p: Platform, project: Project) -> PlacementStatus:
    """What the store knows, while no host answers."""
    async with p.store.begin() as tx:
        row = await tx.workers.find(project.id)
    status = _shown(row)
    return PlacementStatus(
        status=status,
        host=None if row is None else row.host,
        since=None if row is None else row.last_heartbeat_at,
        error="No host answers.",
        error_code=HostsMissing.code,
    )


def _shown(row: ProjectWorker | None) -> WorkerStatus:
    if row is None:
        return WorkerStatus.STARTING
    if row.status in {WorkerStatus.RUNNING, WorkerStatus.DRAINING}:
        return WorkerStatus.DEAD  # it would have answered
    return row.status


async def _note(
    tx: Transaction,
    project: Project,
    action: str,
    by: str,
    *,
    before: str | None = None,
    after: str | None = None,
) -> None:
    await note(
        tx,
        by=by,
        action=action,
        subject=f"{project.owner}/{project.name}",
        project_id=project.id,
        before=before,
        after=after,
    )
