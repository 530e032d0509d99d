"""Start runs of what a project has published: the active version, or one that is named."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import uuid4
from weakref import WeakValueDictionary

from everloom.authoring import StartOptions
from everloom.control.connecting import run_page
from everloom.control.definitions import check_run_input
from everloom.control.projects import Platform, find_project
from everloom.control.publishing import find_version
from everloom.core import Invalid, Json, is_object
from everloom.flow import Fault, Schema
from everloom.language.reading import read
from everloom.store import CompiledCode, Execution, ExecutionStatus, Project
from everloom.temporal import RunExists, RunNotFound, read_run

from .finding import about, id_of
from .limits import Place, StartLimitReached, check_size, take_place
from .telling import tell
from .values import keeps_values, kept_value, version_of

LONGEST_ID = 200
_SCHEMAS = 512
"""Schemas that are kept compiled."""


class StartInvalid(Invalid):
    """A run cannot be started like that."""

    code = "run-start-invalid"


class RunInputRefused(Invalid):
    """The input of a run does not fit the schema of its definition."""

    code = "run-input-refused"


@dataclass(frozen=True, kw_only=True)
class StartedRun:
    """A run that was started, or was there already."""

    id: str
    """As people know it."""
    workflow_id: str
    """As Temporal knows it."""
    run_id: str
    type_name: str
    """Workflow type: `shop.order@1.0.0`."""
    version: str
    existed: bool
    """Whether a run of this id was there before, so that nothing was started."""
    page: str | None
    """Where Temporal's web interface shows it."""


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    full_name: str
    version: str | None
    id: str | None
    input: Json
    delay: timedelta | None
    priority: int | None


@dataclass(frozen=True, kw_only=True)
class _Start:
    """What is started, once it was found."""

    project: Project
    code: CompiledCode
    id: str
    wanted: _Wanted

    @property
    def workflow_id(self) -> str:
        return id_of(self.project, self.id)


_turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


def _turn(project: str, id: str) -> asyncio.Lock:
    """Starts of one id go one after the other, so that each finds what the one before has started."""
    return _turns.setdefault((project, id), asyncio.Lock())


async def start_run(  # noqa: PLR0913 - what a start may say, all by name
    p: Platform,
    project: str,
    full_name: str,
    input: Json = None,
    *,
    id: str | None = None,
    version: str | None = None,
    delay: timedelta | None = None,
    priority: int | None = None,
    by: str,
) -> StartedRun:
    """Start a run. Starting twice with one id is safe: the second finds the first.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition: `namespace.name`.
        input: As JSON has it.
        id: Id of the run within the project. None: the definition's name and a random part.
        version: Its version. None: the active one.
        delay: Begin only after this time.
        priority: Temporal's: 1 goes first, 5 last. None: the project's.
        by: Who starts it.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing to start.
        StartInvalid, RunInputInvalid, RunInputRefused, PayloadTooLarge: It cannot be started so.
        StartLimitReached: The project has started as many runs as it may.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    _check(id, delay, priority)
    wanted = _Wanted(
        full_name=full_name, version=version, id=id, input=input, delay=delay, priority=priority
    )
    if id is None:
        return await _start(p, project, wanted, by)
    async with _turn(project, id):
        return await _start(p, project, wanted, by)


async def _start(p: Platform, project: str, wanted: _Wanted, by: str) -> StartedRun:
    place: Place | StartLimitReached
    async with p.store.begin() as tx:
        found = await find_project(p, tx, project)
        code = await find_version(tx, found, wanted.full_name, wanted.version)
        try:
            place = await take_place(p, tx, found)
        except StartLimitReached as reached:
            place = reached
    name = wanted.full_name.rpartition(".")[2]
    start = _Start(
        project=found, code=code, id=wanted.id or f"{name}-{uuid4().hex[:12]}", wanted=wanted
    )
    if isinstance(place, StartLimitReached):
        existing = None if wanted.id is None else await _existing(p, start)
        if existing is None:
            raise place
        return existing
    try:
        return await _begin(p, start, place, by)
    except BaseException:
        place.give_back()
        raise


async def _begin(p: Platform, start: _Start, place: Place, by: str) -> StartedRun:
    given = start.wanted.input
    _check_input(p, start)
    at = datetime.now(UTC)
    try:
        with about(start.project, start.id):
            run_id = await p.temporal.start_workflow(start.code.type_name, given, _options(start))
    except RunExists:
        existing = await _existing(p, start)
        if existing is None:  # it was there, and Temporal has let go of it this moment
            raise
        place.give_back()
        return existing
    row = Execution(
        project_id=start.project.id,
        workflow_id=start.workflow_id,
        run_id=run_id,
        first_run_id=run_id,
        type_name=start.code.type_name,
        version=start.code.version,
        status=ExecutionStatus.RUNNING,
        started_at=at,
        input=kept_value(given, keep=keeps_values(p.settings)),
    )
    told = {"type": start.code.type_name, "run_id": run_id}
    await tell(p, start.project, "run.start", start.id, by=by, after=told, runs=[row])
    return _started(p, start, run_id, start.code.type_name, existed=False)


async def _existing(p: Platform, start: _Start) -> StartedRun | None:
    """The run that has the id; it may be of another definition or version."""
    try:
        info = (await read_run(p.temporal, start.workflow_id)).info
    except RunNotFound:
        return None
    return _started(p, start, info.run_id, info.workflow, existed=True)


def _started(
    p: Platform, start: _Start, run_id: str, type_name: str, *, existed: bool
) -> StartedRun:
    return StartedRun(
        id=start.id,
        workflow_id=start.workflow_id,
        run_id=run_id,
        type_name=type_name,
        version=version_of(type_name),
        existed=existed,
        page=run_page(p.settings, p.temporal, start.workflow_id),
    )


def _options(start: _Start) -> StartOptions:
    return StartOptions(
        id=start.workflow_id,
        queue=start.project.queue,
        # A drawn workflow may wait for months; what limits it stands in its definition.
        execution_timeout=timedelta(0),
        run_timeout=timedelta(0),
        start_delay=start.wanted.delay,
        if_exists="fail",  # so that we hear whether it existed; it is no failure here
        priority=start.wanted.priority or start.project.priority,
        share=start.project.queue,
    )


def _check(id: str | None, delay: timedelta | None, priority: int | None) -> None:
    if id is not None and not (0 < len(id) <= LONGEST_ID and id.isprintable()):
        raise StartInvalid(
            f"{id[:80]!r} cannot be the id of a run.",
            hint=f"It may have 1 to {LONGEST_ID} characters, all of which can be seen.",
        )
    if delay is not None and delay < timedelta(0):
        raise StartInvalid("A run cannot begin in the past: its delay is negative.")
    if priority is not None and not 1 <= priority <= 5:
        raise StartInvalid(f"The priority is {priority}; it goes from 1, first, to 5, last.")


def _check_input(p: Platform, start: _Start) -> None:
    given, code = check_run_input(start.wanted.input), start.code
    check_size(p, start.project, given, "input")
    schema = _schema_of(code.id, code.definition)
    if schema is None:
        return
    try:
        schema.check(given, "input")
    except Fault as fault:
        if not str(fault.problem["type"]).endswith("/validation"):
            return  # the schema itself is wrong, or costs too much: the run says so
        said = str(fault.problem.get("detail") or fault.message).rstrip(".")
        raise RunInputRefused(
            f"The input does not fit `{code.type_name}`: {said}.",
            hint="Nothing was started. The schema stands under `input` of the definition.",
        ) from None


@lru_cache(maxsize=_SCHEMAS)
def _schema_of(_id: str, definition: str) -> Schema | None:
    """The schema of a definition's input, where it stands in the definition itself."""
    value = read(definition).value
    part: Json = value.get("input") if is_object(value) else None
    said: Json = part.get("schema") if is_object(part) else None
    document: Json = said.get("document") if is_object(said) else None
    if not is_object(said) or document is None:
        return None
    return Schema(document, str(said.get("format") or "json").partition(":")[2] or None)
