"""Wait until a workflow has seen something, not only until it was written down for it."""

from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle
from tests.waiting import eventually


async def digested(
    handle: WorkflowHandle[Any, Any], kind: "EventType.ValueType", *, count: int = 1
) -> None:
    """Wait until a workflow task has been completed after the `count`-th event of a kind."""

    async def seen() -> bool:
        kinds = [event.event_type for event in (await handle.fetch_history()).events]
        places = [place for place, found in enumerate(kinds) if found == kind]
        if len(places) < count:
            return False
        later = kinds[places[count - 1] :]
        return EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED in later

    await eventually(seen)
