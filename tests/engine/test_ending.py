"""The engine ends with its parent, in whatever way that ends, and never blocks the next start."""

import os
import signal

import psutil
import pytest
from tests.waiting import eventually

from everloom.engine import embedded_engine
from everloom.settings import Settings

from .conftest import Start

pytestmark = pytest.mark.faults


async def test_killed_parent_takes_the_engine_with_it(own: Settings, start: Start) -> None:
    """After `kill -9` of the process that started it, no server and no launcher is left."""
    starter = start(own)
    launcher = starter.launcher
    assert launcher is not None

    starter.process.kill()

    await eventually(lambda: is_gone(starter.server), within=5)
    await eventually(lambda: is_gone(launcher), within=5)


async def test_killed_launcher_takes_the_server_with_it(own: Settings, start: Start) -> None:
    """The process in between is no weak point: when it is killed, the server goes too."""
    starter = start(own)
    assert starter.launcher is not None

    starter.launcher.kill()

    await eventually(lambda: is_gone(starter.server), within=5)


async def test_next_start_does_not_wait_for_a_killed_one(own: Settings, start: Start) -> None:
    """Right after `kill -9` the same folder and port start a server of their own."""
    starter = start(own)

    starter.process.kill()
    starter.process.wait()
    async with embedded_engine(own) as engine:
        assert not engine.joined
        assert engine.pid != starter.server.pid


async def test_orphan_of_a_killed_pair_is_ended_by_the_next_start(
    own: Settings, start: Start
) -> None:
    """A launcher that hangs when its parent is killed leaves an orphan; the next start ends it."""
    starter = start(own)
    assert starter.launcher is not None
    launcher = starter.launcher
    launcher.suspend()
    await eventually(lambda: launcher.status() == psutil.STATUS_STOPPED)
    starter.process.kill()
    starter.process.wait()

    async with embedded_engine(own) as engine:
        assert not engine.joined
    launcher.resume()


async def test_interrupt_at_the_terminal_does_not_reach_the_engine(
    own: Settings, start: Start
) -> None:
    """The server is in a session of its own: workers that drain after Ctrl-C still have it."""
    starter = start(own)

    assert starter.launcher is not None
    groups = {each.pid: sid_of(each) for each in (starter.server, starter.launcher)}

    assert set(groups.values()) == {starter.launcher.pid}


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended; nobody may have asked for its exit code yet."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def sid_of(process: psutil.Process) -> int:
    return os.getsid(process.pid)


async def test_ending_in_order_leaves_a_clean_log(own: Settings, start: Start) -> None:
    """The server is asked to end before it is killed: it ends by itself, with code 0."""
    starter = start(own)

    starter.leave()

    assert starter.process.returncode == 0
    assert is_gone(starter.server)


async def test_terminated_parent_without_cleanup_takes_the_engine_too(
    own: Settings, start: Start
) -> None:
    """SIGTERM that Python does not handle ends the parent at once; the engine follows."""
    starter = start(own)

    starter.process.send_signal(signal.SIGTERM)

    await eventually(lambda: is_gone(starter.server), within=5)
