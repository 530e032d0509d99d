"""The fixtures in other people's test runs: under xdist, with anyio, with every kind of marker."""

import asyncio
import sys
from pathlib import Path

import pytest
from tests.testing.test_guide import PYTEST, blocks

SELL = """
import pytest

from till import *


@pytest.mark.everloom(skip_time=True)
@pytest.mark.parametrize("cents", [1, 2])
async def test_it_is_sold(everloom_worker, everloom_temporal, cents):
    async with everloom_worker(Sell):
        assert await Sell.execute(everloom_temporal, cents) == f"goods for {cents}"
"""

WITH_ANYIO = """
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""

MARKERS = """
import pytest


@pytest.mark.everloom(True)
def test_without_a_name(everloom_worker):
    pass


@pytest.mark.everloom(skiptime=True)
def test_with_another_name(everloom_worker):
    pass


@pytest.mark.everloom(replay=False)
class TestBoth:
    @pytest.mark.everloom(skip_time=True)
    def test_both(self, everloom_worker):
        assert everloom_worker.keywords == {"replay": False}
        assert everloom_worker.args[0]._routes.skipping
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the guide's workflow, and no settings."""
    (tmp_path / "till.py").write_text(blocks()["till.py"], encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return tmp_path


async def run(folder: Path, test: str, *arguments: str) -> tuple[int | None, str]:
    """How a test run with one module ends, and what it says."""
    (folder / "test_sell.py").write_text(test, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *PYTEST, *arguments),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


async def test_it_works_in_several_processes(folder: Path) -> None:
    """Under xdist each has a server of its own; with a loop for each test."""
    auto = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")

    code, said = await run(folder, SELL, "-n", "2", *auto)

    assert code == 0, said
    assert "2 passed" in said


async def test_it_works_with_anyio(folder: Path) -> None:
    """Without pytest-asyncio, on anyio's own plugin."""
    code, said = await run(folder, SELL + WITH_ANYIO, "-p", "no:asyncio")

    assert code == 0, said
    assert "2 passed" in said


async def test_a_marker_says_what_it_takes(folder: Path) -> None:
    """What it does not know is refused by name; those of a class and a test are both heard."""
    code, said = await run(folder, MARKERS, "-p", "no:asyncio")

    assert code == 1, said
    assert "1 passed, 2 errors" in said
    assert "takes `replay=` and `skip_time=`, not True." in said
    assert "takes `replay=` and `skip_time=`, not 'skiptime'." in said
