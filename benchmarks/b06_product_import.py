"""B6: how long does a whole product import take, and how much memory?

The import is a real one: a workflow on the embedded engine, run by a worker of its own process, from a
CSV file in a feed folder into PostgreSQL. What it is compared with is `psql`, which does nothing but
load the file: no checks, no batches, no resumption.
"""

import asyncio
import random
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil
import psycopg
from tests.postgres import Postgres

from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, Settings, child_environment
from everloom.temporal import TemporalService
from mail_platform.models import FileSource, ImportReport, ImportRequest
from mail_platform.workflows import ProductImport

from .harness import Benchmark, Figure, Options, Reach, Result, alternate

ROWS = 1_000_000
BIG_ROWS = 10_000_000
CHANGED_EVERY = 100
PATIENCE = 60.0
REACH = Reach("ratio", "<=", 1.5)
MEMORY = Reach("measured", "<=", 200)

HEADER = (
    "id,title,description,link,image_link,availability,price,brand,gtin,google_product_category\n"
)
COLUMNS = HEADER.strip().split(",")
WORDS = [
    "compact",
    "durable",
    "premium",
    "classic",
    "modern",
    "wireless",
    "stainless",
    "bamboo",
    "organic",
    "cotton",
    "ergonomic",
    "folding",
    "portable",
    "outdoor",
    "kitchen",
    "garden",
    "travel",
    "office",
]


@dataclass(frozen=True)
class Files:
    """The same products twice, one in a hundred with another price the second time."""

    first: Path
    second: Path


@dataclass(frozen=True)
class Side:
    """Seconds that one side took."""

    first: float
    second: float


@dataclass(frozen=True)
class Stage:
    """What is there to be measured."""

    folder: Path
    temporal: TemporalService
    postgres: Postgres
    worker: psutil.Process


async def measure(options: Options) -> Result:
    """Load both files by import and by psql, in turns; then look at the worker's memory."""
    async with _stage() as stage:
        files = await asyncio.to_thread(_write_files, stage.folder / "feeds", ROWS)
        await _import(stage, _write_file(stage.folder / "feeds" / "warm.csv", 1_000))
        measured, against = await alternate(
            options.rounds,
            lambda: _by_import(stage, files),
            lambda: asyncio.to_thread(_by_psql, stage.postgres, files),
        )
        memory = _peak_memory(stage.worker)
        figures = [
            _figure("first load", measured, against, lambda side: side.first),
            _figure("second load, 1 % changed", measured, against, lambda side: side.second),
            Figure("peak memory of the worker", memory, unit="MB", reach=MEMORY),
        ]
        if options.big:
            figures += await _big(stage)
    return Result(
        tuple(figures),
        (
            f"{ROWS:,} rows, {len(COLUMNS)} columns, each side {options.rounds} times.",
            "Second load: staged `\\copy`, then `ON CONFLICT DO UPDATE` only where a value differs.",
            "Memory: the highest resident size of the worker's process, over all loads.",
        ),
    )


def _figure(
    name: str, measured: list[Side], against: list[Side], seconds: Callable[[Side], float]
) -> Figure:
    ours, theirs = [seconds(side) for side in measured], [seconds(side) for side in against]
    return Figure.of(name, ours, theirs, unit="s", reach=REACH)


async def _big(stage: Stage) -> list[Figure]:
    """Ten times as much must take ten times as long, and the same memory."""
    folder = stage.folder / "feeds"
    file = await asyncio.to_thread(_write_file, folder / "big.csv", BIG_ROWS)
    _empty(stage.postgres)
    taken, _ = await _import(stage, file)
    compared = await asyncio.to_thread(_copy_seconds, stage.postgres, file)
    return [
        Figure(f"first load of {BIG_ROWS:,}", taken, compared, "s", REACH),
        Figure("peak memory after it", _peak_memory(stage.worker), unit="MB", reach=MEMORY),
    ]


@asynccontextmanager
async def _stage() -> AsyncGenerator[Stage]:
    with tempfile.TemporaryDirectory(prefix="everloom-b06-") as name, Postgres({}) as postgres:
        folder = Path(name)
        (folder / "feeds").mkdir()
        wanted = EngineSettings(port=free_port(), ui=False)
        settings = Settings(folder=folder, engine=wanted)
        async with embedded_engine(settings) as engine:
            temporal = TemporalService(settings, address=engine.address, namespace=engine.namespace)
            url = postgres.create_database("products")
            _prepare(postgres)
            (folder / "everloom.yaml").write_text(
                "catalog: {packages: [mail_platform]}\n"
                'worker: {environment: {POLARS_MAX_THREADS: "1"}}\n'
                f"apps: {{mail_platform: {{database: '{url}', feed_folders: ['{folder}/feeds']}}}}\n"
            )
            async with _worker(folder, engine.address) as worker:
                yield Stage(folder, temporal, postgres, worker)
            await temporal.close()


@asynccontextmanager
async def _worker(folder: Path, address: str) -> AsyncGenerator[psutil.Process]:
    log = (folder / "worker.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "everloom", "worker", "--processes", "1"),
        cwd=folder,
        env=child_environment(TEMPORAL_ADDRESS=address),
        stdout=log,
        stderr=log,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()
        log.close()


async def _by_import(stage: Stage, files: Files) -> Side:
    _empty(stage.postgres)
    first, created = await _import(stage, files.first)
    _settle(stage.postgres, "products")
    second, changed = await _import(stage, files.second)
    assert created.counts.created == ROWS, created  # noqa: S101
    assert changed.counts.updated == ROWS // CHANGED_EVERY, changed  # noqa: S101
    return Side(first, second)


async def _import(stage: Stage, file: Path) -> tuple[float, ImportReport]:
    request = ImportRequest(
        source=FileSource(file=file.name), preset="google-merchant", notify=False
    )
    began = perf_counter()
    id = f"b06-{random.getrandbits(64):x}"
    report = await ProductImport.execute(stage.temporal, request, id=id)
    return perf_counter() - began, report


def _by_psql(postgres: Postgres, files: Files) -> Side:
    first = _copy_seconds(postgres, files.first)
    _settle(postgres, "copied")
    values = [column for column in COLUMNS if column != "id"]
    changes = ", ".join(f"{column} = excluded.{column}" for column in values)
    differs = " OR ".join(f"copied.{each} IS DISTINCT FROM excluded.{each}" for each in values)
    began = perf_counter()
    _psql(
        postgres,
        "CREATE TABLE staged (LIKE copied)",
        f"\\copy staged FROM '{files.second}' (FORMAT csv, HEADER)",
        f"INSERT INTO copied SELECT * FROM staged ON CONFLICT (id) DO UPDATE SET {changes}"  # noqa: S608
        f" WHERE {differs}",
        "DROP TABLE staged",
    )
    return Side(first, perf_counter() - began)


def _copy_seconds(postgres: Postgres, file: Path) -> float:
    _run(postgres, "TRUNCATE copied", "CHECKPOINT")
    began = perf_counter()
    _psql(postgres, f"\\copy copied FROM '{file}' (FORMAT csv, HEADER)")
    return perf_counter() - began


def _prepare(postgres: Postgres) -> None:
    columns = ", ".join(f"{column} text" for column in COLUMNS)
    _run(postgres, f"CREATE TABLE copied ({columns}, PRIMARY KEY (id))")


def _empty(postgres: Postgres) -> None:
    tables = "products, imports, import_batches, import_keys"
    _run(postgres, f"TRUNCATE {tables}", "CHECKPOINT")


def _settle(postgres: Postgres, table: str) -> None:
    """Between the loads of both sides lies the same: what autovacuum would have done by then."""
    _run(postgres, f"VACUUM ANALYZE {table}", "CHECKPOINT")


def _run(postgres: Postgres, *statements: str) -> None:
    with psycopg.connect(postgres.url("products"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _psql(postgres: Postgres, *commands: str) -> None:
    asked = [part for command in commands for part in ("-c", command)]
    command = [_psql_binary(postgres), "-qX", "-v", "ON_ERROR_STOP=1", postgres.url("products")]
    done = psutil.Popen([*command, *asked])
    if done.wait() != 0:
        raise RuntimeError("psql failed; what it said stands above.")


def _psql_binary(postgres: Postgres) -> str:
    beside = postgres.bin / "psql"
    return str(beside) if beside.exists() else shutil.which("psql") or "psql"


def _peak_memory(worker: psutil.Process) -> float:
    """Megabytes of the largest process below the worker's supervisor, at its highest."""
    peaks = [_peak(process) for process in (worker, *worker.children(recursive=True))]
    return max(peaks)


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return process.memory_info().rss / 1e6  # no peak is kept here
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def _write_files(folder: Path, rows: int) -> Files:
    return Files(
        _write_file(folder / "first.csv", rows), _write_file(folder / "second.csv", rows, raised=1)
    )


def _write_file(file: Path, rows: int, raised: int = 0) -> Path:
    with file.open("w", encoding="utf-8") as written:
        written.write(HEADER)
        written.writelines(_lines(rows, raised))
    return file


def _lines(rows: int, raised: int) -> Iterator[str]:
    """Products, the same for the same number; every hundredth costs `raised` more."""
    chance = random.Random(6)  # noqa: S311 - not a secret
    for number in range(rows):
        title = " ".join(chance.choices(WORDS, k=4))
        text = " ".join(chance.choices(WORDS, k=13))
        price = chance.randrange(100, 99_999) + (0 if number % CHANGED_EVERY else raised)
        yield (
            f"SKU-{number:08d},{title},{text},https://shop.example/p/{number},"
            f"https://cdn.example/img/{number}.jpg,{chance.choice(('in stock', 'out of stock'))},"
            f"{price // 100}.{price % 100:02d} EUR,{chance.choice(('Acme', 'Lumen', 'Nordic'))},"
            f"{_gtin(chance.randrange(10**12))},Home > Kitchen\n"
        )


def _gtin(number: int) -> str:
    digits = f"{number:012d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


BENCHMARK = Benchmark(
    "B6",
    question="Product import of 1,000,000 CSV rows into PostgreSQL: first load, and second load "
    "with 1 % changed",
    against="`psql \\copy` into a keyed table; `\\copy` to a staging table and `INSERT … ON CONFLICT`",
    run=measure,
)
