"""Processes that a benchmark measures: started, looked at, and gone with it."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

START_LIMIT = 60.0


@asynccontextmanager
async def side_process(module: str, *arguments: str) -> AsyncGenerator[psutil.Process]:
    """`python -m benchmarks.MODULE`, once it has said that it is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"benchmarks.{module}", *arguments),
        cwd=Path(__file__).parents[1],
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    try:
        await _wait_until_ready(process)
        yield psutil.Process(process.pid)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _wait_until_ready(process: asyncio.subprocess.Process) -> None:
    if process.stdout is None:
        raise SystemExit("a side's process has no pipes")
    async with asyncio.timeout(START_LIMIT):
        line = await process.stdout.readline()
    if not line:
        raise SystemExit("a side's process ended; run its module by hand to see why")


def processor_seconds(process: psutil.Process) -> float:
    """What a process has used so far, and the processes that it started."""
    seconds = 0.0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            used = each.cpu_times()
            seconds += used.user + used.system
    return seconds
