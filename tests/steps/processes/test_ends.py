"""Limits of a program, and that nothing of it outlives its end."""

import asyncio
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from tests.steps.processes.programs import LIMITS, MEGABYTE, marked, python, shell
from tests.waiting import eventually

from everloom.flow import Fault
from everloom.steps.processes import Command, Limits, run_to_end, started

SOON = replace(LIMITS, time=timedelta(milliseconds=300))

TREE = """
import os, select, sys
def grow(depth, leave):
    if leave and os.getpid() != os.getsid(0):
        os.setsid()
    for _ in range(2 if depth else 0):
        if os.fork() == 0:
            grow(depth - 1, leave)
            os._exit(0)
    select.select([], [], [], 30)
grow(5, sys.argv[1] == "leave")
"""
"""At most 63 processes that would last for half a minute: never one that forks without end."""


async def stopped(command: Command, limits: Limits) -> Fault:
    with pytest.raises(Fault) as caught:
        await run_to_end(command, limits)
    return caught.value


@pytest.mark.parametrize("how", ["stay", "leave"])
async def test_a_program_that_multiplies_is_ended_with_all_its_processes(how: str) -> None:
    """Its limit counts all of them, also those that left its group and session."""
    mark = uuid4().hex

    fault = await stopped(python(TREE, how, mark), LIMITS)

    assert fault.problem["detail"] == "It had more than 12 processes at a time."
    assert marked(mark) == []


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("held = bytearray(1 << 30)", id="at once"),
        pytest.param(
            "import mmap; held = mmap.mmap(-1, 1 << 28); held.write(b'x' * (1 << 28))", id="shared"
        ),
        pytest.param(
            "import os\nfor _ in range(3): os.fork()\nheld = b'x' * (100 << 20)\nimport signal; signal.pause()",
            id="in many processes",
        ),
    ],
)
async def test_a_program_that_takes_too_much_memory_fails(code: str) -> None:
    """Each process has its limit, and all of them together have the same."""
    try:
        finished = await run_to_end(python(code), LIMITS)
    except Fault as fault:
        assert fault.problem["detail"] == "It took more than 192.0MiB (`run.memory`)."  # noqa: PT017
    else:
        assert finished.code == 1
        assert "MemoryError" in finished.stderr


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_a_program_that_writes_without_end_is_stopped(stream: str) -> None:
    """What it wrote is thrown away."""
    fault = await stopped(python(f"import sys\nwhile True: sys.{stream}.write('x' * 4096)"), LIMITS)

    said = "standard output" if stream == "stdout" else "standard error"
    assert fault.problem["detail"] == f"It wrote more than 64.0KiB to {said} (`run.output`)."
    assert fault.problem["status"] == 500


async def test_output_of_exactly_the_limit_is_no_fault() -> None:
    """The limit is what may be written."""
    finished = await run_to_end(python("print('x' * 65535)"), LIMITS)

    assert len(finished.stdout) == LIMITS.output


async def test_a_file_is_not_larger_than_memory_may_be() -> None:
    """A disk is somebody else's too."""
    small = replace(LIMITS, memory=64 * MEGABYTE)

    finished = await run_to_end(shell("head -c 70000000 /dev/zero > big"), small)

    assert finished.code == 128 + signal.SIGXFSZ


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("trap '' TERM INT HUP; sleep 30 & wait; sleep 30", id="ignores signals"),
        pytest.param(
            "setsid sh -c 'trap \"\" TERM; sleep 30; sleep 30' & wait", id="leaves its session"
        ),
        pytest.param("sleep 30 & sleep 30 | sleep 30", id="has children"),
    ],
)
async def test_time_is_up_for_all_processes_of_a_program(command: str) -> None:
    """Whatever they do about signals, and wherever they hide."""
    mark = uuid4().hex

    fault = await stopped(shell(f": {mark}; {command}", mark), SOON)

    assert fault.problem["status"] == 408
    assert fault.problem["detail"] == "It had not ended after 300ms (`run.timeout`)."
    assert marked(mark) == []


async def test_a_program_that_is_asked_to_end_may_clean_up() -> None:
    """It hears a SIGTERM first."""
    async with started(
        shell("trap 'echo bye; exit' TERM; echo hi; sleep 9 & wait"), LIMITS
    ) as child:
        assert await child.stdout.readline() == b"hi\n"
        child.stop()

        assert await child.stdout.read() == b"bye\n"


async def test_what_a_program_leaves_running_ends_with_it() -> None:
    """A background process neither lives on nor holds the output open."""
    mark = uuid4().hex

    finished = await run_to_end(
        shell(f"sh -c 'sleep 30; : {mark}' & setsid sh -c 'sleep 30; : {mark}' & echo begun"),
        LIMITS,
    )

    assert finished.stdout == "begun\n"
    assert marked(mark) == []


async def test_a_cancelled_activity_leaves_nothing_running() -> None:
    """Cancellation ends the program before it goes on its way."""
    mark = uuid4().hex
    running = asyncio.create_task(run_to_end(shell(f"sleep 30; : {mark}"), LIMITS))
    await eventually(lambda: len(marked(mark)) == 1)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert marked(mark) == []


WORKER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from everloom.steps.processes import Command, Limits, started
limits = Limits(time=timedelta(seconds=60), memory=1 << 28, output=1 << 16)
async def main():
    inner = "setsid sh -c 'trap \\"\\" TERM; sleep 60; : " + sys.argv[1] + "' & sleep 60; : "
    command = Command(("/bin/sh", "-c", inner + sys.argv[1]))
    async with started(command, limits) as child:
        print(child.folder, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_a_killed_worker_leaves_no_orphan() -> None:
    """Its keeper ends the program and clears its folder away."""
    mark = uuid4().hex
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, mark, stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    folder = Path((await worker.stdout.readline()).decode().strip())
    await eventually(lambda: len(marked(f": {mark}")) == 2)

    worker.kill()
    await worker.wait()

    await eventually(lambda: marked(mark) == [] and not folder.exists())


async def test_a_keeper_that_is_asked_to_end_ends_everything() -> None:
    """As when a service manager ends all processes of a worker at once."""
    mark = uuid4().hex
    inner = f"setsid sh -c 'trap \"\" TERM; sleep 30; : {mark}'"
    running = asyncio.create_task(run_to_end(shell(f"{inner} & sleep 30; : {mark}"), LIMITS))
    await eventually(lambda: len(marked(f": {mark}")) == 2)

    parents = [psutil.Process(psutil.Process(each).ppid()) for each in marked(f": {mark}")]
    next(each for each in parents if "keeper.py" in " ".join(each.cmdline())).terminate()

    with pytest.raises(Fault):
        await running
    assert marked(mark) == []


async def test_a_killed_keeper_takes_its_program_along() -> None:
    """The worker hears of it, and says so."""
    mark = uuid4().hex
    running = asyncio.create_task(run_to_end(shell(f"sleep 30; : {mark}"), LIMITS))
    await eventually(lambda: len(marked(mark)) == 1)

    psutil.Process(psutil.Process(marked(mark)[0]).ppid()).kill()

    with pytest.raises(Fault) as caught:
        await running
    assert caught.value.problem["detail"] == "What watches over it was ended from outside."
    await eventually(lambda: marked(mark) == [])


async def test_what_cannot_be_started_is_a_fault_that_names_it() -> None:
    """The system's reasons are told."""
    unknown = await stopped(Command(("no-such-program",)), LIMITS)
    long = await stopped(shell(":", "x" * 200_000), LIMITS)

    assert unknown.problem["detail"] == "There is no program 'no-such-program' on this worker."
    assert "hand them on by `stdin`" in long.problem["detail"]
