"""`wait`."""

from datetime import timedelta

from temporalio import workflow

from .faults import Json
from .limits import NOTHING
from .moments import iso
from .scope import Scope


async def sleep(here: Scope, delay: timedelta) -> Json:
    """Wait, by a timer that outlives every worker, and give back the data."""
    if delay > NOTHING:
        name = here.task.name if here.task else "wait"
        await workflow.sleep(delay, summary=f"{name}, until {iso(workflow.now() + delay)}")
    return here.data
