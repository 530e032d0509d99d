"""How long something may take. What takes longer is cancelled, and is a fault with status 408."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from temporalio import workflow

from .faults import Json, standard_fault

NOTHING = timedelta(0)


async def within(
    left: timedelta, work: Coroutine[Any, Any, Json], *, whole: timedelta, name: str
) -> Json:
    """Do some work, but no longer than this.

    Args:
        left: How long it may still take.
        work: The work.
        whole: How long it may take from its beginning, for the message.
        name: What it is, for the message.

    Raises:
        Fault: It took too long, of type `timeout`.
    """
    doing = asyncio.create_task(work)
    try:
        if left > NOTHING:
            await workflow.wait([doing], timeout=left.total_seconds())
    except BaseException:  # cancelled from outside
        await stop(doing)
        raise
    if doing.done():
        return doing.result()
    await stop(doing)
    raise standard_fault(
        "timeout",
        title="Timed out",
        detail=f"{name} took longer than {whole.total_seconds():g} seconds.",
    )


async def stop(*doing: "asyncio.Task[Any]") -> None:
    """Cancel tasks, and wait until what they do about it is done."""
    for each in doing:
        each.cancel()
    cancelled: asyncio.CancelledError | None = None
    while pending := [each for each in doing if not each.done()]:
        try:
            await workflow.wait(pending)
        except asyncio.CancelledError as error:
            cancelled = error  # told again once they have ended
    for each in doing:
        if not each.cancelled():
            each.exception()  # whatever it was, nobody asks any more
    if cancelled is not None:
        raise cancelled
