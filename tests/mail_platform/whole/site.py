"""A whole installation for one test: an engine, a worker process, a database, a feed folder."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import psutil
from tests.waiting import eventually
from tests.worker.commands import Command, everloom

from everloom.authoring import Run
from everloom.core import EverloomError
from everloom.engine import Engine, free_port, start_engine
from everloom.objects import Objects, open_objects
from everloom.settings import EngineSettings, Settings, load_settings
from everloom.temporal import TemporalService
from mail_platform.models import FileSource, ImportProgress, ImportReport, ImportRequest
from mail_platform.products import Products
from mail_platform.storage import open_database
from mail_platform.workflows import ProductImport

HEADER = "id,title,description,link,image_link,availability,price,brand\n"
Row = tuple[str, str, Decimal | None, str | None, bool]


def line(number: int, *, price: str | None = None, title: str | None = None) -> str:
    """One product as the generic preset has it."""
    price = price or f"{number % 90 + 1}.50 EUR"
    title = f"Lamp {number}" if title is None else title
    return (
        f"sku-{number},{title},A lamp,https://shop.example/{number},"
        f"https://shop.example/{number}.jpg,in stock,{price},Lumen\n"
    )


@dataclass
class Site:
    """What one test works with."""

    folder: Path
    database_url: str
    engine: Engine
    temporal: TemporalService
    worker: Command
    _stack: AsyncExitStack

    def feed(self, *lines: str, feed: str = "default") -> ImportRequest:
        """Write a feed's file and get the request that imports it in small batches."""
        name = f"{feed}.csv"
        (self.folder / "feeds" / name).write_text(HEADER + "".join(lines), encoding="utf-8")
        return ImportRequest(
            source=FileSource(file=name), feed=feed, preset="generic", batch_rows=100
        )

    @property
    def objects(self) -> Objects:
        """The object store of this installation."""
        return open_objects(load_settings(self.folder))

    @asynccontextmanager
    async def follow(self, request: ImportRequest, id: str) -> AsyncGenerator[Command]:
        """`everloom run product-import --follow`, as a person types it."""
        input = request.model_dump_json(exclude_defaults=True)
        arguments = ("run", "product-import", "--id", id, "--input", input, "--follow")
        environment = {"TEMPORAL_ADDRESS": self.engine.address}
        async with everloom(self.folder, *arguments, environment=environment) as command:
            yield command

    async def start(self, request: ImportRequest) -> Run[ProductImport, ImportReport]:
        """Start an import of its own id."""
        return await ProductImport.start(self.temporal, request, id=f"import-{uuid4()}")

    async def batches(self, run: Run[ProductImport, ImportReport], count: int) -> ImportProgress:
        """The progress, once so many batches are stored and others are not yet."""

        async def look() -> ImportProgress | None:
            try:
                progress = await run.query(ProductImport.progress)
            except EverloomError:
                return None
            return progress if progress.batches >= count else None

        found = await eventually(look, within=60)
        assert found is not None
        assert found.stage == "importing", "the import was over before anything could happen to it"
        return found

    def rows(self, feed: str | None = None) -> list[Row]:
        """Every product (of a feed) in the database, as stored."""
        products = Products(open_database(self.database_url, Path))
        try:
            found: list[Row] = []
            after: str | None = None
            while True:
                page = products.search("", feed=feed, active=None, limit=1000, after=after)
                found += [
                    (each.product_id, each.title, each.price, each.brand, each.active)
                    for each in page.products
                ]
                after = page.after
                if after is None:
                    return found
        finally:
            products.close()

    async def kill_worker(self) -> None:
        """Kill -9 the worker and all its processes, and start another."""
        for process in [*self.worker.children(), psutil.Process(self.worker.pid)]:
            process.kill()
        await self.worker.process.wait()
        self.worker = await self._stack.enter_async_context(
            worker_of(self.folder, self.engine.address)
        )

    async def kill_engine(self) -> None:
        """Kill -9 Temporal, and start it again where it was."""
        server = psutil.Process(self.engine.pid)
        server.kill()
        await asyncio.to_thread(server.wait, 10)
        self.engine = await start_engine(_settings(self.folder, self.engine))
        self._stack.push_async_callback(self.engine.stop)


@asynccontextmanager
async def open_site(
    folder: Path,
    database_url: str,
    *,
    app: Mapping[str, object] = MappingProxyType({}),
    store: Mapping[str, object] = MappingProxyType({}),
) -> AsyncGenerator[Site]:
    """An installation in a folder; all its processes end with the block.

    Args:
        folder: Where.
        database_url: The products' database.
        app: More settings of the mail platform.
        store: Settings of the object store; left out, it is a folder.
    """
    write_settings(folder, database_url, app=app, store=store)
    port = free_port()
    settings = Settings(folder=folder, engine=EngineSettings(port=port, ui=False))
    async with AsyncExitStack() as stack:
        engine = await start_engine(settings)
        stack.push_async_callback(engine.stop)
        temporal = TemporalService(settings, address=engine.address, namespace=engine.namespace)
        stack.push_async_callback(temporal.close)
        worker = await stack.enter_async_context(worker_of(folder, engine.address))
        yield Site(folder, database_url, engine, temporal, worker, stack)


def write_settings(
    folder: Path,
    database_url: str,
    *,
    app: Mapping[str, object] = MappingProxyType({}),
    store: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Make a folder an installation."""
    (folder / "feeds").mkdir()
    own = {"database": database_url, "feed_folders": ["feeds"], **app}
    wanted = {
        "catalog": {"packages": ["mail_platform"]},
        "apps": {"mail_platform": own},
        "store": dict(store),
    }
    (folder / "everloom.yaml").write_text(json.dumps(wanted), encoding="utf-8")


def _settings(folder: Path, engine: Engine) -> Settings:
    port = int(engine.address.rpartition(":")[2])
    return Settings(folder=folder, engine=EngineSettings(port=port, ui=False))


@asynccontextmanager
async def worker_of(folder: Path, address: str) -> AsyncGenerator[Command]:
    """A worker process of an installation."""
    environment = {"TEMPORAL_ADDRESS": address, "EVERLOOM_WORKER__HEALTH_PORT": "0"}
    async with everloom(folder, "worker", "--processes", "1", environment=environment) as command:
        yield command
