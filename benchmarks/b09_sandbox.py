"""B9: what does a workflow cost whose file imports heavy libraries?"""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, Settings

from .harness import Benchmark, Figure, Options, Reach, Result, alternate

PATIENCE = 90.0
"""Seconds that a side may take in all, before it counts as stalled."""


async def measure(options: Options) -> Result:
    """Run it in both sandboxes, in turns, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = EngineSettings(port=free_port(), ui=False)
        async with embedded_engine(Settings(folder=Path(folder), engine=wanted)) as engine:
            ours, theirs = await alternate(
                options.rounds,
                lambda: _probe("computed", engine.address),
                lambda: _probe("default", engine.address),
            )
    failed = [each["failed"] for each in ours if "failed" in each]
    if failed:
        raise RuntimeError(failed[0])
    worked = [each for each in theirs if "first" in each]
    cpu = [median(each["cpu"]) for each in ours]
    their_cpu = [median(each["cpu"]) for each in worked] or None
    figures = (
        Figure.of("processor time a run", cpu, their_cpu, reach=Reach("measured", "<=", 5.0)),
        Figure.of(
            "first result of a new worker",
            [each["first"] for each in ours],
            [each["first"] for each in worked] or None,
        ),
        Figure.of("rounds that worked", [100.0], [100 * len(worked) / len(theirs)], unit="%"),
    )
    return Result(figures, _notes(theirs))


def _notes(theirs: list[dict[str, Any]]) -> tuple[str, ...]:
    notes = [
        "The file imports sqlalchemy, polars, fastapi, httpx2 and structlog (anthropic is not installed).",
        "Processor time is that of the thread which makes a run's sandbox and works at its tasks.",
    ]
    failures = sorted({each["failed"] for each in theirs if "failed" in each})
    notes += [f"The default sandbox failed: {each}" for each in failures]
    return tuple(notes)


async def _probe(side: str, address: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.sandbox_probe", side, address, stdout=PIPE, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate()
    except TimeoutError:
        return {"failed": f"nothing within {PATIENCE:g} s"}
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode:
        return {"failed": f"its process ended with {process.returncode}"}
    return json.loads(output.splitlines()[-1])


BENCHMARK = Benchmark(
    "B9",
    question="A workflow whose file imports a database, data frames, HTTP and logs",
    against="the SDK's sandbox with no options",
    run=measure,
)
