"""Where definitions run: the Temporal there is or one of their own, and the process that serves them."""

import asyncio
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from everloom.control import temporal_service
from everloom.engine import (
    Engine,
    EngineFailed,
    PortTaken,
    engine_needed,
    find_binary,
    find_engine,
    free_port,
    start_engine,
)
from everloom.settings import Settings
from everloom.temporal import TemporalService
from everloom.worker.definitions import Begin, DefinitionHost

PATIENCE = timedelta(seconds=3)
"""How long a Temporal that is there may take to answer."""

ResultT = TypeVar("ResultT")

PREFIX = "everloom-definitions-"
LEFT_ALONE = 60.0
"""Seconds for which a folder that nobody holds may be about to be used."""

ATTEMPTS = 5
"""Starts of an own Temporal, when somebody takes the free port between our look and its own."""


class Stage:
    """A Temporal and a process that serves definitions; both are there once somebody needs them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.host = DefinitionHost()
        self._temporal: TemporalService | None = None
        self._engine_ended: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.host.warm_up()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.host.kill()
        await self._stack.aclose()
        await self.host.close()

    @property
    def owns_engine(self) -> bool:
        """Whether Temporal was started for this command."""
        return self._engine_ended is not None

    async def open(self) -> TemporalService:
        """The way to Temporal; one of our own that was lost is started anew.

        Raises:
            TemporalUnavailable, TemporalDenied, ConnectionInvalid: The one there is cannot be used.
            BinaryMissing, BinaryInvalid, EngineFailed: There is none, and none can be started.
        """
        if self._engine_ended is not None and self._engine_ended.done():
            await self._stack.aclose()
            self._temporal = None
        if self._temporal is None:
            self._temporal = await self._connect()
        return self._temporal

    async def while_it_lasts(self, doing: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Do something with Temporal, unless one of our own ends meanwhile.

        Raises:
            EngineFailed: It has ended; `open` starts another one.
        """
        task = asyncio.create_task(doing)
        ends = {self._engine_ended} if self._engine_ended is not None else set[asyncio.Task[None]]()
        try:
            await asyncio.wait({task, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            task.cancel()
            await asyncio.wait([task])
        raise EngineFailed("The Temporal that was started for this command has ended.")

    async def _connect(self) -> TemporalService:
        self._stack = stack = AsyncExitStack()
        self._engine_ended = None
        try:
            temporal, own = await self._find(stack)
            stack.push_async_callback(temporal.close)
            await temporal.get_client(within=PATIENCE)
        except BaseException:
            await stack.aclose()
            raise
        address, namespace = own or (None, None)
        self.host.begin(
            Begin(
                folder=self.settings.folder,
                address=address,
                namespace=namespace,
                secrets_file=self.settings.secrets.file,
            )
        )
        return temporal

    async def _find(self, stack: AsyncExitStack) -> tuple[TemporalService, tuple[str, str] | None]:
        """The way to Temporal, and its address where the settings do not say it."""
        joined = find_engine(self.settings)
        if joined is not None:
            return temporal_service(self.settings), (joined.address, joined.namespace)
        if not engine_needed(self.settings):
            return TemporalService(self.settings), None
        engine = await stack.enter_async_context(own_engine(self.settings))
        self._engine_ended = asyncio.create_task(engine.wait())
        stack.callback(self._engine_ended.cancel)
        own = (engine.address, engine.namespace)
        return TemporalService(self.settings, address=own[0], namespace=own[1]), own


@asynccontextmanager
async def own_engine(settings: Settings) -> AsyncGenerator[Engine]:
    """A Temporal for this command alone, in a folder of its own; both are gone afterwards.

    Whoever runs beside us has another port and another folder. When this process is killed, its
    server ends with it, and the next one removes the folder.
    """
    _remove_abandoned()
    binary = await find_binary(
        settings
    )  # before the folder changes: one may be kept in the old one
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        engine = await _started(settings, binary, Path(folder))
        try:
            yield engine
        finally:
            # Nothing in it is needed any more, so it need not end in order, which takes a second.
            with suppress(ProcessLookupError):
                os.kill(engine.pid, signal.SIGKILL)
            await asyncio.shield(engine.stop())


async def _started(settings: Settings, binary: Path, folder: Path) -> Engine:
    for attempt in range(1, ATTEMPTS + 1):
        wanted = settings.engine.model_copy(
            update={
                "binary": binary,
                "folder": folder,
                "ip": "127.0.0.1",
                "port": free_port(),
                "ui": False,
            }
        )
        try:
            return await start_engine(settings.model_copy(update={"engine": wanted}))
        except (PortTaken, EngineFailed) as error:
            is_taken = isinstance(error, PortTaken) or "address already in use" in error.message
            if attempt == ATTEMPTS or not is_taken:
                raise
    raise AssertionError  # the last attempt returns or raises


def _remove_abandoned() -> None:
    """Remove the folders of commands that were killed: nobody holds their lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_ALONE and not _is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    """Whether a server runs on the folder: it holds the lock for as long as it lives."""
    lock = folder / "engine.json"
    if not lock.exists():
        return False
    with lock.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
