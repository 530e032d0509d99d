"""One real Temporal for tests: the embedded engine, in a folder and on a port of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from everloom.engine import Engine, free_port, start_engine
from everloom.settings import Settings, load_settings

from .temporal import Temporal


class Server:
    """A Temporal that answers, and can be taken away and brought back."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        """The settings of the tests: the project's, with engine and objects in a folder apart."""
        self.engine = engine
        self.temporal = self.open()
        """A way to it, for one test or script; `open` gives another."""

    @property
    def address(self) -> str:
        """Where it is; the same after a restart."""
        return self.engine.address

    def open(self) -> Temporal:
        """A new way to it, with routes of its own; connected when first used."""
        return Temporal(self.settings, address=self.engine.address, namespace=self.engine.namespace)

    async def stop(self) -> None:
        """Stop Temporal. What it has written stays."""
        await self.engine.stop()

    async def start(self) -> None:
        """Start it again after `stop`, at the same address, with all it had.

        Raises:
            EngineFailed: It did not come up.
        """
        self.engine = await start_engine(self.settings)

    @asynccontextmanager
    async def away(self) -> AsyncGenerator[None]:
        """Temporal is away for the time of the block."""
        await self.stop()
        try:
            yield
        finally:
            await self.start()


@asynccontextmanager
async def server(settings: Settings | None = None) -> AsyncGenerator[Server]:
    """Start a Temporal for tests, and stop it at the end of the block.

    Args:
        settings: The project's settings. None: those that hold in the current folder.

    Raises:
        BinaryMissing, EngineFailed: There is no `temporal` command, or it does not come up.
        SettingsInvalid: The settings cannot be used.
    """
    with TemporaryDirectory(prefix="everloom-tests-", ignore_cleanup_errors=True) as folder:
        running = await start_server(settings or load_settings(), Path(folder))
        try:
            yield running
        finally:
            await running.temporal.close()
            await running.stop()


async def start_server(settings: Settings, folder: Path) -> Server:
    """Start a Temporal for tests, which writes into a folder; `stop` it afterwards.

    Raises:
        BinaryMissing, EngineFailed: There is no `temporal` command, or it does not come up.
    """
    wanted = apart(settings, folder)
    return Server(wanted, await start_engine(wanted))


def apart(settings: Settings, folder: Path) -> Settings:
    """The settings, with everything that is written in a folder and on a port of its own."""
    engine = settings.engine.model_copy(
        update={"folder": folder / "engine", "port": free_port(), "ui": False, "tuned": True}
    )
    store = settings.store.model_copy(update={"objects": str(folder / "objects")})
    return settings.model_copy(update={"engine": engine, "store": store})
