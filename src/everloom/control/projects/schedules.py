"""The schedules of a project's definitions: Temporal starts what is active, as it says.

Their ids begin with the project's queue, as those of its runs do.
"""

from everloom.control.definitions import (
    DefinitionSchedule,
    apply_schedule,
    plan_removal,
    sync_schedule,
)
from everloom.language import Definition
from everloom.store import Project

from .names import workflow_id_of
from .platform import Platform


async def sync_project_schedule(
    p: Platform, project: Project, definition: Definition
) -> DefinitionSchedule:
    """Let Temporal start a definition of a project as it says, or no longer when it says nothing.

    Raises:
        ScheduleUnsupported, SchedulesInvalid: What it says cannot be synced.
        ScheduleTaken, ScheduleChanged, RepeatBusy: What is there does not allow it.
        TemporalUnavailable: Temporal is away.
    """
    return await sync_schedule(
        p.settings,
        p.temporal,
        definition,
        queue=project.queue,
        folder=workflow_id_of(project.queue, ""),
    )


async def remove_schedule(p: Platform, project: Project, full_name: str) -> None:
    """Let nothing start by itself for a definition any more; fine when nothing does.

    Raises:
        RepeatBusy: A run that begins again by itself is under way.
        TemporalUnavailable: Temporal is away.
    """
    plan = await plan_removal(p.temporal, workflow_id_of(project.queue, full_name))
    if plan.kind == "remove":
        await apply_schedule(p.temporal, plan)
