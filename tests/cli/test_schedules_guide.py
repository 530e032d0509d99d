"""The guide on schedules does what it says."""

import asyncio
import importlib
import re
import shlex
import sys
from pathlib import Path

import pytest
from tests.greeting import Greeter
from tests.guides import GUIDES

from everloom.temporal import find_schedule, read_schedule


def blocks(language: str) -> list[str]:
    """The guide's blocks in a language."""
    text = (GUIDES / "schedules.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


async def test_the_guide_on_schedules_runs(
    greeter: Greeter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its commands ends well, in their order; and so does its Python."""
    temporal = greeter.temporal
    settings = "catalog: {packages: [shop], paths: [.]}\n"
    (tmp_path / "everloom.yaml").write_text(settings, encoding="utf-8")
    for block in blocks("python"):
        name = block.splitlines()[0].removeprefix("# ")
        (tmp_path / name).write_text(block, encoding="utf-8")
    commands = [line for block in blocks("shell") for line in block.splitlines() if line]

    for command in commands:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *shlex.split(command)),
            cwd=tmp_path,
            env=greeter.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, f"{command}: {said.decode()}"

    assert len(commands) == 8
    assert await find_schedule(temporal, "shop.tidy-often") is None
    assert (await read_schedule(temporal, "shop.tidy-quarterly")).paused
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    holidays = importlib.import_module("holidays")
    await holidays.close(temporal)
    closed = await read_schedule(temporal, "shop.tidy-nightly")
    await holidays.open_again(temporal)
    opened = await read_schedule(temporal, "shop.tidy-nightly")
    assert (closed.paused, closed.note) == (True, "Closed until January")
    assert (opened.paused, opened.runs) == (False, 1)
