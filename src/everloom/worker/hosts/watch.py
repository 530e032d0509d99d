"""The workflow that notices when a host is lost, and tells the placements of what it carried.

A heartbeat for each project would be hundreds a second; so a host has one, which says what it carries.
It runs on some host; when that one is lost too, on the next. A host that is silent is asked first: after
an outage of Temporal all of them are.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.exceptions import TimeoutError as OutOfTime

from everloom.control.placement import (
    ANSWER,
    BE,
    FIND_CARRIED,
    LOST,
    WATCH,
    Lost,
    WatchedHost,
    host_queue,
    watch_queue,
)
from everloom.control.projects import placement_id

from .placement import LIFETIME, ONCE

ANSWERS_WITHIN = timedelta(seconds=1.5)
"""How long a host that was silent may take to answer. A quarter of a heartbeat is enough when it lives;
it adds to the time that its projects are without a host when not."""

LOOKS_WITHIN = timedelta(seconds=10)
"""How long the store may take to say what a host carried. Without it, what is not known is noticed when
the heartbeats of the projects themselves are missed."""

BEGINS_WITHIN = timedelta(seconds=30)


@workflow.defn(name=WATCH)
class HostWatch:
    """Watches one process, from its first to its last heartbeat."""

    @workflow.run
    async def run(self, watched: WatchedHost) -> int:
        """Watch it; how many projects were lost with it."""
        carried: dict[str, int | None] = {}
        while True:
            try:
                await workflow.execute_activity(
                    BE,
                    task_queue=host_queue(watched.hosts, watched.host),
                    schedule_to_start_timeout=BEGINS_WITHIN,
                    start_to_close_timeout=LIFETIME,
                    heartbeat_timeout=watched.heartbeat,
                    retry_policy=ONCE,
                )
            except ActivityError as error:
                carried = _carried(error) or carried
            else:
                return 0  # it ended in order, and has handed everything over
            if not await self._answers(watched):
                break
        carried = {**await self._written_down(watched), **carried}
        async with asyncio.TaskGroup() as group:
            for queue, number in carried.items():
                group.create_task(_tell(queue, Lost(host=watched.host, number=number)))
        return len(carried)

    async def _written_down(self, watched: WatchedHost) -> dict[str, int | None]:
        """What the store knows that it carried: what it took since its last heartbeat as well."""
        try:
            found = await workflow.execute_activity(
                FIND_CARRIED,
                watched.host,
                result_type=list[str],
                task_queue=watch_queue(watched.hosts),
                schedule_to_close_timeout=LOOKS_WITHIN,
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1)),
            )
        except ActivityError:
            return {}
        return dict.fromkeys(found)

    async def _answers(self, watched: WatchedHost) -> bool:
        try:
            await workflow.execute_activity(
                ANSWER,
                task_queue=host_queue(watched.hosts, watched.host),
                schedule_to_close_timeout=ANSWERS_WITHIN,
                retry_policy=ONCE,
            )
        except ActivityError:
            return False
        return True


async def _tell(queue: str, lost: Lost) -> None:
    """Tell a placement; one that is gone has nothing to lose."""
    try:
        await workflow.get_external_workflow_handle(placement_id(queue)).signal(LOST, lost)
    except ApplicationError as error:
        workflow.logger.warning("placement not told", extra={"queue": queue, "error": str(error)})


def _carried(error: ActivityError) -> dict[str, int | None]:
    """What it said last that it carries: queues, and which time of carrying each is."""
    cause = error.cause
    said = cause.last_heartbeat_details if isinstance(cause, OutOfTime) else ()
    return dict(said[0]) if said else {}
