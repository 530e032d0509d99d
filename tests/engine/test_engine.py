"""The embedded Temporal: started, joined, kept, and clear about what is in its way."""

import asyncio
import os
import socket
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from tests.waiting import eventually

from everloom.engine import (
    BinaryInvalid,
    EngineFailed,
    EngineFolderInvalid,
    EngineHeld,
    PortTaken,
    embedded_engine,
    engine_needed,
    free_port,
    start_engine,
)
from everloom.settings import EngineSettings, Settings, TemporalSettings

from .conftest import Start


async def run_ids(address: str) -> set[str]:
    client = await Client.connect(address)
    return {run.id async for run in client.list_workflows()}


async def test_engine_answers_serves_its_interface_and_ends(tmp_path: Path) -> None:
    """What the block gives answers with the namespace asked for and a page; after it nothing runs."""
    wanted = EngineSettings(port=free_port(), ui_port=free_port(), namespace="shop")

    async with embedded_engine(Settings(folder=tmp_path, engine=wanted)) as engine:
        await Client.connect(engine.address, namespace="shop")
        page = await fetch(wanted.ui_port)
        assert engine.ui_url == f"http://127.0.0.1:{wanted.ui_port}"
        assert (engine.joined, engine.notes) == (False, ())
        assert page.startswith("HTTP/1.1 200")

    assert not psutil.pid_exists(engine.pid)


async def fetch(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.decode(errors="replace")


async def test_runs_survive_a_restart(own: Settings) -> None:
    """A run that was started before the engine stopped is there when it starts again."""
    async with embedded_engine(own) as engine:
        client = await Client.connect(engine.address)
        await client.start_workflow("anything", id="kept", task_queue="nobody")

    async with embedded_engine(own) as engine:
        await eventually(lambda: sees(engine.address, {"kept"}))


async def sees(address: str, ids: set[str]) -> bool:
    return await run_ids(address) == ids


async def test_second_start_joins_the_first_and_leaves_it_running(
    own: Settings, start: Start
) -> None:
    """Who comes second uses the first one's server, also with other ports, and does not stop it."""
    first = start(own)
    elsewhere = own.model_copy(update={"engine": EngineSettings(port=free_port(), ui=False)})

    async with embedded_engine(elsewhere) as engine:
        assert engine.joined
        assert engine.pid == first.server.pid
        assert engine.address == f"127.0.0.1:{own.engine.port}"

    assert await run_ids(engine.address) == set()
    first.leave()
    await asyncio.wait_for(engine.wait(), 5)


async def test_two_starts_at_once_give_one_server(own: Settings) -> None:
    """Of two that start in the same moment one starts the server, and the other joins it."""
    first, second = await asyncio.gather(start_engine(own), start_engine(own))

    assert first.pid == second.pid
    assert {first.joined, second.joined} == {True, False}
    await first.stop()
    await second.stop()
    assert not psutil.pid_exists(first.pid)


async def test_holder_that_does_not_answer_is_named(own: Settings, start: Start) -> None:
    """A folder whose server hangs is not waited for without end: its holder is named."""
    first = start(own)
    first.server.suspend()
    await eventually(lambda: first.server.status() == psutil.STATUS_STOPPED)
    hasty = own.engine.model_copy(update={"start_timeout": timedelta(seconds=0.5)})

    with pytest.raises(EngineHeld, match=f"held by process {first.process.pid} ") as refused:
        await start_engine(own.model_copy(update={"engine": hasty}))

    first.server.resume()
    assert "since 20" in refused.value.message
    assert "engine.folder" in refused.value.hint


async def test_taken_default_port_is_replaced_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the default port is somebody else's, a free one is used, and a note says whose it is."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken: int = other.getsockname()[1]
        monkeypatch.setattr(EngineSettings.model_fields["port"], "default", taken)
        EngineSettings.model_rebuild(force=True)
        try:
            async with embedded_engine(
                Settings(folder=tmp_path, engine=EngineSettings(ui=False))
            ) as engine:
                assert not engine.address.endswith(f":{taken}")
                assert f"Port {taken} is taken by" in engine.notes[0]
                assert f"(pid {os.getpid()})" in engine.notes[0]
        finally:
            monkeypatch.undo()
            EngineSettings.model_rebuild(force=True)


async def test_taken_port_that_was_asked_for_is_an_error(own: Settings) -> None:
    """A port that a setting names is not replaced: the error says who sits on it."""
    with (
        socket.create_server(("127.0.0.1", own.engine.port)),
        pytest.raises(PortTaken, match=rf"Port {own.engine.port} .*pid {os.getpid()}"),
    ):
        await start_engine(own)


async def test_server_that_dies_at_start_shows_its_last_words(
    own: Settings, tmp_path: Path
) -> None:
    """The end of the log stands in the error, and the next start finds the folder free."""
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no luck today\nexit 3\n")
    broken.chmod(0o755)
    engine = own.engine.model_copy(update={"binary": broken})

    with pytest.raises(EngineFailed, match=r"(?s)ended with code 3 .*no luck today"):
        await start_engine(own.model_copy(update={"engine": engine}))

    async with embedded_engine(own) as started:
        assert not started.joined


async def test_server_that_never_answers_is_given_up_and_ended(
    own: Settings, tmp_path: Path
) -> None:
    """After `engine.start_timeout` the start fails, and the mute server does not stay behind."""
    mute = tmp_path / "mute"
    mute.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    mute.chmod(0o755)
    engine = own.engine.model_copy(
        update={"binary": mute, "start_timeout": timedelta(milliseconds=300)}
    )

    with pytest.raises(EngineFailed, match=r"within 0\.3 s"):
        await start_engine(own.model_copy(update={"engine": engine}))

    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_folder_that_cannot_be_made_is_named(own: Settings, tmp_path: Path) -> None:
    """A file where the folder should be is an error that names it."""
    (tmp_path / ".everloom").write_text("")

    with pytest.raises(EngineFolderInvalid, match=r"\.everloom"):
        await start_engine(own)


async def test_binary_of_the_setting_must_be_there(own: Settings) -> None:
    """A wrong `engine.binary` is named, instead of some other server being started."""
    engine = own.engine.model_copy(update={"binary": Path("bin/no-such")})

    with pytest.raises(BinaryInvalid, match=r"bin/no-such.*no such file"):
        await start_engine(own.model_copy(update={"engine": engine}))


async def test_crash_of_the_server_is_noticed_and_frees_the_folder(own: Settings) -> None:
    """`wait` ends when the server is killed, and the same folder can be started again at once."""
    engine = await start_engine(own)

    psutil.Process(engine.pid).kill()
    await asyncio.wait_for(engine.wait(), 5)

    async with embedded_engine(own) as again:
        assert not again.joined
    with pytest.raises((RPCError, RuntimeError)):
        await run_ids(again.address)


@pytest.mark.parametrize(
    ("variables", "needed"),
    [
        pytest.param({}, True, id="nothing"),
        pytest.param({"TEMPORAL_NAMESPACE": "shop"}, True, id="namespace only"),
        pytest.param({"TEMPORAL_ADDRESS": "temporal:7233"}, False, id="address"),
        pytest.param({"TEMPORAL_PROFILE": "missing"}, False, id="missing profile"),
        pytest.param({"TEMPORAL_CONFIG_FILE": "missing.toml"}, False, id="missing file"),
    ],
)
def test_engine_is_needed_only_without_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, needed: bool
) -> None:
    """Whoever names a Temporal gets that one, and no engine beside it."""
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert engine_needed(Settings(folder=tmp_path)) is needed


def test_profile_with_an_address_needs_no_engine(tmp_path: Path) -> None:
    """An address in the `temporal` command's file counts as one in the environment does."""
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.away]\naddress = "temporal:7233"\n')
    chosen = TemporalSettings(config_file=file, profile="away")

    assert not engine_needed(Settings(folder=tmp_path, temporal=chosen))


def test_misspelt_address_is_no_reason_for_an_engine(tmp_path: Path) -> None:
    """Somewhere else was meant; connecting says what is wrong with the file."""
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.default]\nadress = "temporal:7233"\n')

    assert not engine_needed(Settings(folder=tmp_path, temporal=TemporalSettings(config_file=file)))
