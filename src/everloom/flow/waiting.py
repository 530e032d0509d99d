"""`wait`."""

from datetime import timedelta

from temporalio import workflow

from .faults import Json
from .limits import NOTHING
from .marks import marked
from .moments import iso
from .scope import Scope


async def sleep(here: Scope, delay: timedelta) -> Json:
    """Wait, by a timer that outlives every worker, and give back the data."""
    if delay > NOTHING:
        name, reference = (here.task.name, here.task.reference) if here.task else ("wait", "")
        said = f"{name}, until {iso(workflow.now() + delay)}"
        await workflow.sleep(delay, summary=marked(said, reference))
    return here.data
