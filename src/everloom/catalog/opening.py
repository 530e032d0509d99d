"""Open one provided thing, on the event loop or for an activity that runs in a thread."""

import asyncio
import inspect
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    contextmanager,
)
from types import TracebackType
from typing import Any

from .entries import ProviderEntry


async def open_in_loop(
    entry: ProviderEntry, needs: Mapping[str, object], stack: AsyncExitStack
) -> object:
    """Make the thing, and have `stack` close it."""
    make = entry.function
    if inspect.isasyncgenfunction(make):
        return await stack.enter_async_context(asynccontextmanager(make)(**needs))
    if inspect.isgeneratorfunction(make):
        return stack.enter_context(contextmanager(make)(**needs))
    made = make(**needs)
    return await made if inspect.isawaitable(made) else made


def open_in_thread(
    entry: ProviderEntry,
    needs: Mapping[str, object],
    stack: ExitStack,
    loop: asyncio.AbstractEventLoop,
) -> object:
    """As `open_in_loop`, from a thread.

    Plain providers are opened and closed in this very thread, as some database drivers ask for;
    asynchronous ones on the loop.
    """
    make = entry.function
    if inspect.isasyncgenfunction(make):
        return stack.enter_context(_OnLoop(asynccontextmanager(make)(**needs), loop))
    if inspect.isgeneratorfunction(make):
        return stack.enter_context(contextmanager(make)(**needs))
    if inspect.iscoroutinefunction(make):
        coroutine: Coroutine[Any, Any, object] = make(**needs)
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    return make(**needs)


class _OnLoop:
    """An asynchronous context manager for a thread: one task of the loop opens and closes it."""

    def __init__(
        self, thing: AbstractAsyncContextManager[object], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._thing = thing
        self._loop = loop
        self._opened: Future[object] = Future()
        self._is_over: asyncio.Future[BaseException | None] | None = None

    def __enter__(self) -> object:
        self._closed = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        return self._opened.result()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._loop.call_soon_threadsafe(self._end, error)
        return self._closed.result()

    def _end(self, error: BaseException | None) -> None:
        if self._is_over is not None and not self._is_over.done():
            self._is_over.set_result(error)

    async def _live(self) -> bool:
        self._is_over = asyncio.get_running_loop().create_future()
        try:
            made = await self._thing.__aenter__()
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._opened.set_exception(error)
            return False
        self._opened.set_result(made)
        error = await self._is_over
        trace = error.__traceback__ if error is not None else None
        return bool(await self._thing.__aexit__(type(error) if error else None, error, trace))
