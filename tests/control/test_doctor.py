"""The doctor: each finding with its remedy."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.catalog import discover
from everloom.control import Finding, StartRequest, examine, start_run
from everloom.engine import free_port
from everloom.settings import ApiSettings, Settings, StoreSettings, WorkerSettings
from everloom.temporal import count_runs, read_clock_difference

LONELY = """
from everloom.authoring import Workflow, workflow_type

@workflow_type(name="lonely", queue="lonely")
class Lonely(Workflow[None, None]):
    async def run(self, input: None) -> None:
        return None
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, greeter: Greeter) -> None:
    """Nothing of this machine's settings, and the session's Temporal."""
    for name in list(os.environ):
        if name.startswith(("EVERLOOM_", "TEMPORAL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_ADDRESS", greeter.address)


def with_free_ports(settings: Settings) -> Settings:
    """Ports that nothing else on this machine listens on."""
    return settings.model_copy(
        update={
            "api": ApiSettings(port=free_port()),
            "worker": WorkerSettings(health_port=free_port()),
        }
    )


def lonely_application(folder: Path) -> Settings:
    """An application with one workflow, on a queue of its own."""
    name = f"lonely_{uuid4().hex}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(LONELY, encoding="utf-8")
    return Settings.model_validate(
        {
            "folder": folder,
            "catalog": {"packages": [name], "paths": [folder]},
            "queues": {"bind": {"lonely": "standard"}},
        }
    )


async def findings(settings: Settings) -> dict[str, list[Finding]]:
    """What is found, by what was looked at."""
    report = await examine(settings=settings)
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.about, []).append(finding)
    return found


async def test_runs_on_a_queue_that_nobody_serves_are_found(greeter: Greeter) -> None:
    """They would wait for ever, and no queue of the code shows it."""
    queue = f"nobodys-{uuid4()}"
    id = f"astray-{uuid4()}"
    options = StartOptions(id=id, queue=queue)  # by name: `start_run` would refuse the queue
    await greeter.temporal.start_workflow("greet", {"name": "Ada"}, options)

    async def told() -> list[Finding]:
        return (await findings(with_free_ports(greeter.settings))).get(f"queue {queue}", [])

    (found,) = await eventually(told)
    await greeter.temporal.terminate_workflow(id, None, "the test is over")

    assert found.level == "error"
    assert "open runs of ours on it: 1." in found.message
    assert "`queues.bind`" in found.remedy


async def test_all_is_well_with_an_application_that_is_served(greeter: Greeter) -> None:
    """Nothing is found that does not have to be mended."""
    report = await examine(settings=with_free_ports(greeter.settings))

    assert report.is_well
    assert [each for each in report.findings if each.level == "warning"] == []
    assert {"code", "object store", "temporal", "clock", "versions", "queue greeter"} <= {
        each.about for each in report.findings
    }


async def test_settings_that_cannot_be_used_are_findings(tmp_path: Path) -> None:
    """The doctor works when nothing else does."""
    (tmp_path / "everloom.yaml").write_text("workr: {drain: 1m}", encoding="utf-8")

    report = await examine(tmp_path)

    wrong = [each for each in report.findings if each.level == "error"]
    assert not report.is_well
    assert [(each.about, each.remedy) for each in wrong] == [("settings", "Did you mean `worker`?")]


async def test_temporal_that_is_away_is_an_error_with_a_remedy(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be looked at without it is looked at all the same."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")

    found = await findings(with_free_ports(greeter.settings))

    assert found["temporal"][0].level == "error"
    assert "everloom dev" in found["temporal"][0].remedy
    assert found["code"][0].level == "ok"
    assert "clock" not in found


async def test_broken_code_is_an_error_with_file_and_line(tmp_path: Path) -> None:
    """The rest is looked at all the same."""
    name = f"broken_{uuid4().hex}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("x = = 1\n", encoding="utf-8")
    settings = with_free_ports(
        Settings.model_validate(
            {"folder": tmp_path, "catalog": {"packages": [name], "paths": [tmp_path]}}
        )
    )

    found = await findings(settings)

    assert found["code"][0].level == "error"
    assert "__init__.py:1" in found["code"][0].message
    assert found["temporal"][0].level == "ok"


async def test_a_queue_that_nobody_serves_is_named(tmp_path: Path, greeter: Greeter) -> None:
    """A warning while nothing waits in it, an error as soon as something does."""
    settings = with_free_ports(lonely_application(tmp_path))
    before = await findings(settings)
    request = StartRequest(workflow="lonely", queue="lonely", id=f"lonely-{uuid4()}")

    started = await start_run(settings, discover(settings), greeter.temporal, request)

    async def error_is_found() -> bool:
        return (await findings(settings))["queue lonely"][0].level == "error"

    assert [each.level for each in before["queue lonely"]] == ["warning"]
    assert before["queue lonely"][0].remedy == "Start one: `everloom worker --queue lonely`."
    assert await eventually(error_is_found)
    await greeter.temporal.terminate_workflow(started.id, None, "the test is over")


async def test_open_runs_that_nobody_registers_are_named(greeter: Greeter) -> None:
    """Their code was taken away or renamed; they would wait for ever."""
    request = StartRequest(workflow="taken-away", queue="greeter", id=f"lost-{uuid4()}")
    started = await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)
    query = f"WorkflowId = '{started.id}' AND CloseTime IS NULL"
    await eventually(lambda: count_runs(greeter.temporal, query))

    found = await findings(with_free_ports(greeter.settings))

    assert found["workflow taken-away"][0].level == "error"
    assert "nobody here registers it" in found["workflow taken-away"][0].message
    await greeter.temporal.terminate_workflow(started.id, None, "the test is over")


async def test_a_taken_port_is_named_with_its_holder(greeter: Greeter) -> None:
    """The remedy is to stop that process or to take another port."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = with_free_ports(greeter.settings).model_copy(update={"api": ApiSettings(port=port)})

    async with server:
        found = await findings(settings)

    assert found[f"port {port}"][0].level == "warning"
    assert f"pid {os.getpid()}" in found[f"port {port}"][0].message


async def test_a_port_that_our_own_api_listens_on_is_well(greeter: Greeter) -> None:
    """What answers as Everloom does is no clash; that is what a second look must not cry about."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in (b"HTTP/1.1 200 OK\r\n\r\n", b'{"status":', b'"alive"}'):
            writer.write(part)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = with_free_ports(greeter.settings).model_copy(update={"api": ApiSettings(port=port)})

    async with server:
        found = await findings(settings)

    assert found[f"port {port}"][0].level == "ok"


async def test_an_object_store_that_cannot_be_written_to_is_an_error(
    greeter: Greeter, tmp_path: Path
) -> None:
    """A file stands where its folder should be."""
    (tmp_path / "file").touch()
    store = StoreSettings(objects=str(tmp_path / "file" / "objects"))
    settings = with_free_ports(greeter.settings).model_copy(update={"store": store})

    found = await findings(settings)

    assert found["object store"][0].level == "error"


async def test_the_servers_clock_is_read(greeter: Greeter) -> None:
    """On one machine it is ours."""
    assert await read_clock_difference(greeter.temporal) == timedelta(0)
