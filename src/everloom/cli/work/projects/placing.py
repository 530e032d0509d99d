"""Start, stop, restart, move and drain a project's worker; show how it stands."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass

from everloom.cli.output import Output
from everloom.cli.work.moments import ago, moment
from everloom.cli.work.platform import on_platform
from everloom.control import placement
from everloom.control.placement import PlacementStatus
from everloom.control.projects import Platform, ProjectDetails, read_details
from everloom.store import ProjectWorker, WorkerStatus

from .documents import full_name

Change = Callable[[Platform, str], Awaitable[PlacementStatus]]


@dataclass(frozen=True, kw_only=True)
class _Told:
    status: PlacementStatus
    details: ProjectDetails


def start(name: str, *, as_json: bool) -> None:
    """Give it to a host."""
    _change(lambda p, by: placement.start_worker(p, name, by=by), name, as_json=as_json)


def stop(name: str, *, as_json: bool) -> None:
    """Stop it."""
    _change(lambda p, by: placement.stop_worker(p, name, by=by), name, as_json=as_json)


def restart(name: str, *, as_json: bool) -> None:
    """Stop it and start it again."""
    _change(lambda p, by: placement.restart_worker(p, name, by=by), name, as_json=as_json)


def move(name: str, to: str | None, *, as_json: bool) -> None:
    """Move it to another host."""
    _change(lambda p, by: placement.move_worker(p, name, to=to, by=by), name, as_json=as_json)


def drain(name: str, *, as_json: bool) -> None:
    """Let it end what it runs, then stop it."""
    _change(lambda p, by: placement.drain_worker(p, name, by=by), name, as_json=as_json)


def status(name: str, *, as_json: bool) -> None:
    """Show how it stands."""
    out = Output(as_json=as_json)
    told = _ask(lambda p, _: placement.worker_status(p, name), name)
    if as_json:
        out.document(_document(told))
        return
    out.facts(_facts(told))


def _change(change: Change, name: str, *, as_json: bool) -> None:
    out = Output(as_json=as_json)
    told = _ask(change, name)
    if as_json:
        out.document(_document(told))
        return
    out.line(str(told.status.status))
    out.say(_sentence(told))


def _ask(ask: Change, name: str) -> _Told:
    async def act(p: Platform, by: str) -> _Told:
        answer = await ask(p, by)
        return _Told(status=answer, details=await read_details(p, name))

    return on_platform(act, temporal=True)


def _document(told: _Told) -> dict[str, object]:
    worker = told.details.worker
    return {
        "project": full_name(told.details.project),
        "queue": told.details.project.queue,
        **asdict(told.status),
        "last_heartbeat_at": worker.last_heartbeat_at if worker else None,
        "versions": worker.versions if worker else (),
        "version_errors": dict(worker.errors) if worker else {},
        "restarts": worker.restarts if worker else 0,
    }


def _sentence(told: _Told) -> str:
    name, now = full_name(told.details.project), told.status
    where = f" on {now.host}" if now.host else ""
    match now.status:
        case WorkerStatus.STARTING:
            return (
                f"{name} is given to a host{where}. How it stands: everloom projects status {name}"
            )
        case WorkerStatus.RUNNING:
            return f"{name} is served{where}."
        case WorkerStatus.DRAINING:
            return f"{name} ends what it runs{where}."
        case WorkerStatus.STOPPED:
            return f"{name} is not served. Its open runs wait for it."
        case WorkerStatus.ERROR | WorkerStatus.DEAD:
            return f"{name} is not served: {now.error or now.status}"


def _facts(told: _Told) -> Iterator[tuple[str, str]]:
    now, worker = told.status, told.details.worker
    yield "Project", full_name(told.details.project)
    yield "Queue", told.details.project.queue
    yield "Status", str(now.status)
    yield "Host", now.host or ""
    yield "Since", moment(now.since)
    yield "Failed", f"{now.attempts} times in a row" if now.attempts else ""
    yield "Error", " ".join(each for each in (now.error, _code(now.error_code)) if each)
    yield "Next try", moment(now.next_attempt_at)
    if worker is not None:
        yield from _worker_facts(worker)


def _worker_facts(worker: ProjectWorker) -> Iterator[tuple[str, str]]:
    yield "Heartbeat", ago(worker.last_heartbeat_at)
    yield "Restarts", str(worker.restarts) if worker.restarts else ""
    yield "Loaded", "\n".join(worker.versions)
    yield "Cannot load", "\n".join(f"{name}: {why}" for name, why in worker.errors.items())


def _code(code: str | None) -> str:
    return f"({code})" if code else ""
