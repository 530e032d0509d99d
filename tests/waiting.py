"""Wait for the thing itself, with a deadline."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

FoundT = TypeVar("FoundT")

LOOK_EVERY = 0.02


async def eventually(
    check: Callable[[], FoundT | Awaitable[FoundT]], *, within: float = 10.0
) -> FoundT:
    """Look until `check` gives something true, and return that.

    An assertion error counts as "not yet"; the last one is shown when the time is over.
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
            raise last or AssertionError(f"not within {within:g} s: {inspect.getsource(check)}")
        await asyncio.sleep(LOOK_EVERY)
