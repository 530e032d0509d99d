"""B12: how long until the command line helps, and until everything runs?"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from everloom.engine import free_port

from .harness import Benchmark, Figure, Options, Reach, Result, alternate
from .servers import binary, stock_server

HELP_TURNS = 3
"""Turns of `--help` for each round: it is short, and so is disturbed the most."""

READY = "Ready"
"""What `everloom dev` writes on standard error when everything answers."""

LIMIT = 60.0

PROJECT = '''"""One workflow, so that there is something to serve."""

from everloom.authoring import Workflow, workflow_type


@workflow_type(name="hello")
class Hello(Workflow[str, str]):
    """Greets."""

    async def run(self, input: str) -> str:
        return f"Hello, {input}"
'''


async def measure(options: Options) -> Result:
    """Start both sides in turns."""
    everloom = str(Path(sys.executable).with_name("everloom"))
    for command in (everloom, str(binary())):
        await _help(command)  # the first start compiles byte code and fills the disk cache
    helped = await alternate(
        options.rounds * HELP_TURNS,
        lambda: _help(everloom),
        lambda: _help(str(binary())),
    )
    await _dev(everloom)
    ready = await alternate(options.rounds, lambda: _dev(everloom), _stock)
    return Result(
        (
            Figure.of("--help", *helped, reach=Reach("measured", "<=", 300)),
            Figure.of("ready", *ready, reach=Reach("measured", "<=", 5000)),
        ),
        ("`everloom dev` is ready when Temporal, its web interface, workers and API answer.",),
    )


async def _help(command: str) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        command,
        "--help",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if await process.wait() != 0:
        raise SystemExit(f"{command} --help failed")
    return (time.perf_counter() - began) * 1000


async def _stock() -> float:
    async with stock_server() as stock:
        return stock.ready_after * 1000


async def _dev(command: str) -> float:
    """Milliseconds until `everloom dev` of a small project in an empty folder is ready."""
    with tempfile.TemporaryDirectory() as folder:
        _make_project(Path(folder))
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            command,
            "dev",
            cwd=folder,
            env=_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            await _until_ready(process)
            return (time.perf_counter() - began) * 1000
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
            await process.communicate()


async def _until_ready(process: asyncio.subprocess.Process) -> None:
    said: list[str] = []
    assert process.stderr is not None  # noqa: S101 - it was asked for as a pipe
    with suppress(TimeoutError):
        async with asyncio.timeout(LIMIT):
            async for line in process.stderr:
                said.append(line.decode(errors="replace"))
                if READY in said[-1]:
                    return
    raise SystemExit("`everloom dev` did not become ready:\n" + "".join(said[-20:]))


def _make_project(folder: Path) -> None:
    (folder / "greetings").mkdir()
    (folder / "greetings" / "__init__.py").touch()
    (folder / "greetings" / "workflows.py").write_text(PROJECT, encoding="utf-8")
    (folder / "everloom.yaml").write_text(
        f"engine: {{port: {free_port()}, ui_port: {free_port()}}}\n"
        f"api: {{port: {free_port()}}}\n"
        "worker: {health_port: 0}\n"
        "catalog: {packages: [greetings]}\n",
        encoding="utf-8",
    )


def _environment() -> dict[str, str]:
    """Ours, without settings that would reach into the project's."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("EVERLOOM_", "TEMPORAL_"))
    }


BENCHMARK = Benchmark(
    "B12",
    question="`everloom --help`, and `everloom dev` to ready",
    against="`temporal --help`, and `temporal server start-dev` to ready",
    run=measure,
)
