"""Which version do new runs get? One row says so, changed in one transaction. Nothing restarts.

After the transaction the worker is told and the schedule follows. When that is lost, because the
publisher died or Temporal is away, nothing is wrong for long: the worker loads on demand, and
`settle_schedules` brings the schedule along.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from everloom.control.definitions import RepeatBusy, plan_schedule
from everloom.control.placement import refresh_worker
from everloom.control.projects import (
    EVENTS,
    Platform,
    find_project,
    note,
    remove_schedule,
    sync_project_schedule,
    workflow_id_of,
)
from everloom.control.schedules import ScheduleTaken
from everloom.core import EverloomError
from everloom.language import Definition, check_definition
from everloom.store import CompiledCode, Project, Transaction

from .errors import NothingBefore
from .finding import find_definition, find_version

UNSETTLED = timedelta(minutes=10)
"""How long after an activation an older schedule may be left over."""


@dataclass(frozen=True, kw_only=True)
class Activated:
    """What became of an activation."""

    version: CompiledCode
    before: CompiledCode | None = None
    """What was active until now; None: nothing, or the same one."""

    schedule_problem: str = ""
    """Why the schedule does not follow yet."""

    worker_problem: str = ""
    """Why the worker was not told. It loads the version at its first run all the same."""


async def activate(
    p: Platform, project: str, full_name: str, version: str, *, by: str, force: bool = False
) -> Activated:
    """Let new runs go on a version. Those that are under way stay on theirs.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        version: The version.
        by: Who activates it.
        force: Activate it though its schedule cannot be followed.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing.
        ScheduleUnsupported, SchedulesInvalid: Its schedule cannot be followed.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        found = await find_version(tx, kept_in, full_name, version)
    if not force and may_have_schedule(found):
        await check_schedule_of(p, kept_in, definition_of(found))
    async with p.store.begin() as tx:
        code = await find_version(tx, kept_in, full_name, version)
        activated = await activate_within(tx, kept_in, code, by=by, forced=force)
    return await settle(p, kept_in, activated)


async def roll_back(
    p: Platform, project: str, full_name: str, *, by: str, to: str | None = None
) -> Activated:
    """Let new runs go on an older version again.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        by: Who rolls back.
        to: The version. None: the one that was active before, of those older than the active one.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing.
        NothingBefore: There is none to roll back to.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        if to is not None:
            code = await find_version(tx, kept_in, full_name, to)
        else:
            code = await version_before(tx, kept_in, full_name)
        activated = await activate_within(tx, kept_in, code, by=by, action="version.roll-back")
    return await settle(p, kept_in, activated)


async def version_before(tx: Transaction, project: Project, full_name: str) -> CompiledCode:
    """The version that was active before the active one; never a newer one.

    Raises:
        DefinitionMissing, VersionMissing: There is no such definition, or none is active.
        NothingBefore: There is none.
    """
    definition = await find_definition(tx, project, full_name)
    active = await find_version(tx, project, full_name, None)
    older = [
        (each.activated_at, each.version)
        for each in await tx.versions.list_versions(definition.id, whole=False)
        if each.activated_at is not None and each.created_at < active.created_at
    ]
    if not older:
        raise NothingBefore(
            f"No version of `{full_name}` was active before {active.version}.",
            hint="Name one: `--to VERSION`.",
        )
    return await find_version(tx, project, full_name, max(older)[1])


async def activate_within(
    tx: Transaction,
    project: Project,
    code: CompiledCode,
    *,
    by: str,
    action: str = "version.activate",
    forced: bool = False,
) -> Activated:
    """Make a version the active one, within a transaction; nothing when it is."""
    now = datetime.now(UTC)
    before = await tx.versions.activate(code.id, now)
    gets_own_code = code.fixed_by is not None and code.own_from is None
    if before is not None and before.id == code.id and not gets_own_code:
        return Activated(version=before)
    is_back = action == "version.roll-back"
    await note(
        tx,
        by=by,
        action=action,
        subject=code.type_name,
        project_id=project.id,
        before=None if before is None else {"version": before.version},
        after={"version": code.version},
        event=f"{EVENTS}version.{'rolled-back' if is_back else 'activated'}",
        data={
            "version": code.version,
            "before": None if before is None else before.version,
            "by": by,
        },
        forced=forced,
        at=now,
    )
    now_active = replace(code, active=True, activated_at=now, retired_at=None)
    return Activated(version=now_active, before=before)


async def settle(p: Platform, project: Project, activated: Activated) -> Activated:
    """After an activation: the worker is told, and the schedule follows. Says what did not work."""
    told = await refresh_worker(p, project, (activated.version.type_name,))
    # Most definitions have none, and then nothing is asked of Temporal.
    has_schedule = any(
        may_have_schedule(each)
        for each in (activated.version, activated.before)
        if each is not None
    )
    followed = await _follow(p, project, activated.version) if has_schedule else ""
    return replace(activated, worker_problem=told, schedule_problem=followed)


async def settle_schedules(p: Platform, project: Project) -> dict[str, str]:
    """Let the schedules of a project follow its active versions, where an activation did not come to.

    What has no schedule is looked at for a while after its activation: what it follows may have had.

    Returns:
        What did not work, by workflow type.

    Raises:
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        served = await tx.versions.load_for_project(project.id)
    recent = datetime.now(UTC) - UNSETTLED
    problems: dict[str, str] = {}
    for code in served:
        activated = code.activated_at
        if not code.active or activated is None:
            continue
        if (activated > recent or may_have_schedule(code)) and (
            said := await _follow(p, project, code)
        ):
            problems[code.type_name] = said
    return problems


async def check_schedule_of(p: Platform, project: Project, definition: Definition | None) -> None:
    """Refuse a definition whose schedule Temporal cannot follow.

    Raises:
        ScheduleUnsupported, SchedulesInvalid, ScheduleTaken: It cannot.
        TemporalUnavailable: Temporal is away.
    """
    if definition is not None and definition.model.schedule is not None:
        plan = await plan_schedule(
            p.settings,
            p.temporal,
            definition,
            queue=project.queue,
            folder=workflow_id_of(project.queue, ""),
        )
        if plan.kind == "taken":
            raise ScheduleTaken(plan.why, hint="Remove that schedule, or rename the definition.")


def may_have_schedule(code: CompiledCode) -> bool:
    """Whether the text holds the word. No definition has a schedule without it."""
    return "schedule" in code.definition


def definition_of(code: CompiledCode) -> Definition | None:
    """The definition that a version was compiled from; None when a later checker refuses it."""
    return check_definition(code.definition).definition


async def _follow(p: Platform, project: Project, code: CompiledCode) -> str:
    full_name = code.type_name.rpartition("@")[0]
    try:
        definition = definition_of(code) if may_have_schedule(code) else None
        if definition is None or definition.model.schedule is None:
            await remove_schedule(p, project, full_name)
        else:
            await sync_project_schedule(p, project, definition)
    except RepeatBusy as error:
        return f"{error.message} It follows when that run has ended."
    except EverloomError as error:
        return error.message
    return ""
