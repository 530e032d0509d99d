"""What the health endpoints answer."""

import asyncio
import json
import socket
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from psutil import Process
from tests.waiting import eventually
from tests.worker.conftest import Application


async def ask(address: str) -> tuple[int, dict[str, Any]]:
    """Status and document of a GET."""

    def get() -> tuple[int, dict[str, Any]]:
        try:
            with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    return await asyncio.to_thread(get)


async def until(address: str, *, status: int) -> tuple[int, dict[str, Any]]:
    """The answer, once it has a status."""
    answers: list[tuple[int, dict[str, Any]]] = []

    async def look() -> bool:
        answers.append(await ask(address))
        return answers[-1][0] == status

    await eventually(look)
    return answers[-1]


async def test_ready_while_all_processes_poll_and_not_when_one_hangs(application: Application):
    """Ready names processes and queues; a process that does not answer is a reason for 503."""
    (application.folder / "everloom.yaml").write_text(
        (application.folder / "everloom.yaml").read_text() + "temporal: {health_timeout: 200ms}\n"
    )
    async with application.worker() as worker:
        address = (await worker.event("health"))["address"]
        await worker.event("worker polls", nth=2)

        _, ready = await until(f"{address}/readyz", status=200)
        assert ready["status"] == "ready"
        assert [each["process"] for each in ready["processes"]] == [1, 2]
        assert ready["processes"][0]["queues"] == [application.queue]

        hanging = Process(ready["processes"][1]["pid"])
        hanging.suspend()
        try:
            _, not_ready = await until(f"{address}/readyz", status=503)
        finally:
            hanging.resume()
        assert not_ready["reasons"] == ["process 2 has not answered for 1s200ms"]
        assert await ask(f"{address}/healthz") == (200, {"status": "alive"})


async def test_not_ready_while_temporal_is_away(application: Application):
    """Without Temporal the parent is alive, and says why the workers are not ready."""
    gone = Application(application.folder, application.queue, "127.0.0.1:9", application.temporal)
    async with gone.worker("--processes", "1") as worker:
        address = (await worker.event("health"))["address"]
        await worker.event("temporal is away")

        async def look() -> bool:
            status, found = await ask(f"{address}/readyz")
            (reason,) = found["reasons"] or [""]
            said = "process 1: Temporal at 127.0.0.1:9 does not answer: "
            return status == 503 and reason.startswith(said) and reason.count("127.0.0.1:9") == 1

        assert await eventually(look)
        assert (await ask(f"{address}/healthz"))[0] == 200


async def test_taken_health_port_is_named(application: Application):
    """The port, the reason and the setting to change are said; the exit code is 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        application.set(health_port=port)
        async with application.worker() as worker:
            assert await worker.exit_code() == 1

            assert "code: health-port-taken" in worker.said
            assert f"127.0.0.1:{port}" in "\n".join(worker.said)
