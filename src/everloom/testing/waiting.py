"""Wait for the thing itself, with a deadline."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

FoundT = TypeVar("FoundT")

LOOK_EVERY = 0.02


async def eventually(
    check: Callable[[], FoundT | Awaitable[FoundT]], *, within: float = 10.0
) -> FoundT:
    """Look until `check` gives something true, and return that.

    An assertion error counts as "not yet"; the last one is shown when the time is over.

    Raises:
        AssertionError: The time is over.
    """
    deadline = asyncio.get_running_loop().time() + within
    while True:
        last: AssertionError | None = None
        try:
            answer = check()
            found = await answer if inspect.isawaitable(answer) else answer
            if found:
                return found  # pyright: ignore[reportReturnType] - `isawaitable` narrows too little
        except AssertionError as error:
            last = error
        if asyncio.get_running_loop().time() > deadline:
            raise last or AssertionError(f"not within {within:g} s: {_source(check)}")
        await asyncio.sleep(LOOK_EVERY)


def _source(check: Callable[[], Any]) -> str:
    try:
        return inspect.getsource(check).strip()
    except (OSError, TypeError):  # typed at a prompt, or written in C
        return repr(check)


async def digested(
    handle: WorkflowHandle[Any, Any], kind: "EventType.ValueType", *, count: int = 1
) -> None:
    """Wait until a workflow task has been completed after the `count`-th event of a kind.

    So the workflow has seen the event; that it stands in the history says only that it was sent.

    Raises:
        AssertionError: Ten seconds are over.
    """

    async def seen() -> bool:
        kinds = [event.event_type for event in (await handle.fetch_history()).events]
        places = [place for place, found in enumerate(kinds) if found == kind]
        if len(places) < count:
            return False
        later = kinds[places[count - 1] :]
        return EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED in later

    await eventually(seen)
