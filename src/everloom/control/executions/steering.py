"""Steer one run of a project: cancel, terminate, pause and resume it, send it messages."""

from collections.abc import Sequence
from typing import Any

from everloom.authoring import SignalUnknown
from everloom.control import steering
from everloom.control.definitions import check_events
from everloom.control.projects import Platform, read_project
from everloom.core import Json
from everloom.flow import EVENT_SIGNAL
from everloom.store import Project
from everloom.temporal import RunInfo
from everloom.temporal import pause_run as pause
from everloom.temporal import read_run as describe
from everloom.temporal import resume_run as resume

from .facts import read_row
from .finding import about, id_of
from .limits import check_size
from .telling import tell


async def cancel_run(
    p: Platform,
    project: str,
    id: str,
    *,
    reason: str = "",
    by: str,
) -> None:
    """Ask a run to stop in an orderly way; it may clean up first.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        RunEnded: It has ended already.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        await steering.cancel_run(p.temporal, id_of(found, id), reason or f"by {by}")
    await tell(p, found, "run.cancel", id, by=by, after=_because(reason))


async def terminate_run(p: Platform, project: str, id: str, *, reason: str = "", by: str) -> None:
    """End a run at once; its code gets no chance to clean up.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        MessageRefused: It has ended already.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        await p.temporal.terminate_workflow(id_of(found, id), None, reason or f"by {by}")
        info = await _info(p, found, id)
        row = await read_row(p, found.id, info)
    await tell(p, found, "run.terminate", id, by=by, after=_because(reason), runs=[row])


async def pause_run(p: Platform, project: str, id: str, *, reason: str = "", by: str) -> None:
    """Let a run begin nothing new until it is resumed.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        MessageRefused: It has ended already.
        PauseUnsupported: This Temporal cannot.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        await pause(p.temporal, id_of(found, id), reason or f"by {by}")
        row = await read_row(p, found.id, await _info(p, found, id))
    await tell(p, found, "run.pause", id, by=by, after=_because(reason), runs=[row])


async def resume_run(p: Platform, project: str, id: str, *, reason: str = "", by: str) -> None:
    """Let a paused run go on.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        MessageRefused: It has ended already.
        PauseUnsupported: This Temporal cannot.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        await resume(p.temporal, id_of(found, id), reason or f"by {by}")
        row = await read_row(p, found.id, await _info(p, found, id))
    await tell(p, found, "run.resume", id, by=by, after=_because(reason), runs=[row])


async def signal_run(
    p: Platform,
    project: str,
    id: str,
    name: str = EVENT_SIGNAL,
    *,
    arguments: Sequence[Json] = (),
    by: str,
) -> None:
    """Send a signal. `everloom.event` brings a CloudEvent; `id` and `source` are added to one without.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        MessageRefused: It has ended already.
        SignalUnknown: It is of a definition, and those wait for events alone.
        EventsInvalid, PayloadTooLarge: What goes along cannot be sent.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    given = list(arguments)
    check_size(p, found, given, f"signal `{name}`")
    with about(found, id):
        if name == EVENT_SIGNAL:
            given = list(check_events(given))
        else:
            await _check_signal(p, found, id, name)
        await p.temporal.signal_workflow(id_of(found, id), None, name, given)
    await tell(p, found, "run.signal", id, by=by, after={"name": name})


async def query_run(
    p: Platform, project: str, id: str, name: str, *, arguments: Sequence[Json] = ()
) -> Any:
    """Ask a run something, and return its answer as JSON has it.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        MessageRefused: It answers no such query, or failed to.
        NoWorker: No worker answered in time.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    check_size(p, found, list(arguments), f"query `{name}`")
    with about(found, id):
        return await p.temporal.query_workflow(
            id_of(found, id), None, name, args=list(arguments), result_type=None
        )


async def update_run(
    p: Platform, project: str, id: str, name: str, *, arguments: Sequence[Json] = (), by: str
) -> Any:
    """Send an update, wait for it, and return its answer as JSON has it.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        MessageRefused: It takes no such update, or refused it.
        RunNotReady, RunBusy, NoWorker: It did not take it now.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    check_size(p, found, list(arguments), f"update `{name}`")
    with about(found, id):
        answer = await p.temporal.update_workflow(
            id_of(found, id), None, name, args=list(arguments), result_type=None
        )
    await tell(p, found, "run.update", id, by=by, after={"name": name})
    return answer


async def _info(p: Platform, project: Project, id: str) -> RunInfo:
    return (await describe(p.temporal, id_of(project, id))).info


async def _check_signal(p: Platform, project: Project, id: str, name: str) -> None:
    """A run takes any signal and says nothing when no code waits for it."""
    info = await _info(p, project, id)
    if "@" in info.workflow:
        raise SignalUnknown(
            f"`{info.workflow}` waits for no signal `{name}`.",
            hint=f"Send it an event: the signal `{EVENT_SIGNAL}`, with a CloudEvent.",
        )


def _because(reason: str) -> Json:
    return {"reason": reason} if reason else None
