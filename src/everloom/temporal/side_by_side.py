"""Do the same to many things, a few at a time; the first error ends it and comes out as it is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


async def side_by_side(
    work: Callable[[Thing], Awaitable[None]], things: Iterable[Thing], *, at_once: int
) -> None:
    """Await `work` for each thing.

    Raises:
        Exception: What `work` raised first; what was under way is cancelled, and the rest is not begun.
    """
    waiting = iter(things)

    async def one() -> None:
        for each in waiting:
            await work(each)

    tasks = [asyncio.create_task(one()) for _ in range(at_once)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
