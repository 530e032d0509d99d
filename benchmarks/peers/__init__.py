"""Other engines to compare with, in an environment and in processes of their own.

Their dependencies would not resolve beside ours for long. `requirements.lock` pins them with hashes;
the environment is made at first use.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from everloom.settings import child_environment

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / ".venv-peers"
LIMIT = 300.0


class Peer:
    """One engine's process, which answers orders."""

    def __init__(self, name: str, orders: StreamWriter, answers: StreamReader) -> None:
        self._name = name
        self._orders = orders
        self._answers = answers

    async def latencies(self, work: str, count: int, runs: int) -> list[float]:
        """Milliseconds of each of some runs, one after the other."""
        return await self.ask({"do": "latency", "work": work, "count": count, "runs": runs})

    async def throughput(self, work: str, count: int, *, runs: int, at_once: int) -> float:
        """Runs a second, so many at once."""
        order = {"do": "throughput", "work": work, "count": count, "runs": runs}
        return await self.ask({**order, "at_once": at_once})

    async def ask(self, order: dict[str, Any]) -> Any:
        """Send an order, and wait for its answer."""
        self._orders.write(json.dumps(order).encode() + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        """The next line it says."""
        async with asyncio.timeout(LIMIT):
            line = await self._answers.readline()
        if not line:
            raise SystemExit(
                f"{self._name} ended; run its script in {HERE.name}/ by hand to see why"
            )
        return json.loads(line)


@asynccontextmanager
async def dbos(database: str) -> AsyncGenerator[Peer]:
    """DBOS on a database: `sqlite:///…` or `postgresql://…`."""
    async with _peer("dbos", database, variables={}) as peer:
        yield peer


@asynccontextmanager
async def prefect() -> AsyncGenerator[Peer]:
    """Prefect with its own temporary server, which tells nobody that it runs."""
    with tempfile.TemporaryDirectory() as home:
        variables = {
            "PREFECT_HOME": home,
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "DO_NOT_TRACK": "1",
        }
        async with _peer("prefect", variables=variables) as peer:
            yield peer


@asynccontextmanager
async def _peer(name: str, *arguments: str, variables: Mapping[str, str]) -> AsyncGenerator[Peer]:
    python = await _python()
    process = await asyncio.create_subprocess_exec(
        *(str(python), str(HERE / f"{name}_side.py"), *arguments),
        env=child_environment(**variables),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,  # a peer may have processes of its own, and they end with it
    )
    try:
        peer = Peer(name, *_pipes(process))
        await peer.answer()
        yield peer
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _pipes(process: Process) -> tuple[StreamWriter, StreamReader]:
    if process.stdin is None or process.stdout is None:
        raise SystemExit("a peer's process has no pipes")
    return process.stdin, process.stdout


async def _python() -> Path:
    """The peers' interpreter; their environment is made when it is missing."""
    python, ready = ENVIRONMENT / "bin" / "python", ENVIRONMENT / ".ready"
    if not ready.exists():
        lock = str(HERE / "requirements.lock")
        quiet = ("--quiet", "--disable-pip-version-check")
        await _run(sys.executable, "-m", "venv", str(ENVIRONMENT))
        await _run(str(python), "-m", "pip", "install", *quiet, "--require-hashes", "-r", lock)
        ready.touch()
    return python


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait() != 0:
        raise SystemExit(f"`{' '.join(command[:4])} …` failed")
