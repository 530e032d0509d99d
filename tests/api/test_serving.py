"""`everloom api`: a real server on a real port."""

import asyncio
import signal
import socket
import sys

import httpx2
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.engine import free_port


async def serve(greeter: Greeter, port: int, **environment: str) -> asyncio.subprocess.Process:
    """Start the command in the application's folder."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "everloom",
        "api",
        "--port",
        str(port),
        cwd=greeter.settings.folder,
        env=greeter.environment(**environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_server_answers_logs_and_ends_in_order(greeter: Greeter) -> None:
    """Requests over a socket, one line of log each with its id, and no trace at the end."""
    port = free_port()
    process = await serve(greeter, port, EVERLOOM_LOG__FORMAT="json")

    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def ready() -> bool:
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx2.TransportError:
                return False

        assert await eventually(ready, within=20)
        word = await client.get("/api/v1/greeter/word", headers={"X-Request-ID": "seen-1"})
    process.send_signal(signal.SIGTERM)
    out, err = await process.communicate()

    assert word.json()["word"] == "Hello"
    assert "server" not in word.headers
    assert process.returncode == 0
    assert out == b""
    assert b"seen-1" in err
    assert b"Traceback" not in err


async def test_it_starts_while_temporal_is_away(greeter: Greeter) -> None:
    """Alive, not ready, and a signal still ends it."""
    port = free_port()
    process = await serve(greeter, port, TEMPORAL_ADDRESS=f"127.0.0.1:{free_port()}")

    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def alive() -> bool:
            try:
                return (await client.get("/healthz")).status_code == 200
            except httpx2.TransportError:
                return False

        assert await eventually(alive, within=20)
        ready = await client.get("/readyz")
    process.send_signal(signal.SIGINT)
    await process.communicate()

    assert ready.status_code == 503
    assert process.returncode == 0


async def test_a_port_that_is_taken_is_named(greeter: Greeter) -> None:
    """In one block, with what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await serve(greeter, port)
        _, err = await process.communicate()

    assert process.returncode == 1
    assert f"127.0.0.1:{port}".encode() in err
    assert b"code: api-port-taken" in err
