"""`everloom definitions` as it is typed: in an empty folder, with a Temporal that it starts itself."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from everloom.engine import Engine

HELLO = """
document: {dsl: 1.0.3, namespace: samples, name: hello, version: 1.0.0}
do:
  - greet:
      set: {text: '${ "Hello, " + .name + "!" }'}
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which must be exactly one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output, a JSON document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Terminal:
    """A folder, and the command that is typed in it."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, name: str, text: str) -> str:
        """Write a file, and return its name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    async def start(self, *arguments: str, **variables: str) -> asyncio.subprocess.Process:
        """Begin `everloom definitions ARGUMENTS`."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EVERLOOM_", "TEMPORAL_"))
        }
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "everloom", "definitions", *arguments),
            cwd=self.folder,
            env={**kept, "COLUMNS": "80", **self.variables, **variables},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def type(self, *arguments: str, stdin: str = "", **variables: str) -> Outcome:
        """Type `everloom definitions ARGUMENTS`, and wait for its end."""
        process = await self.start(*arguments, **variables)
        out, err = await process.communicate(stdin.encode())
        return Outcome(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def alone(tmp_path: Path) -> Terminal:
    """An empty folder: no Temporal is named, and none runs."""
    return Terminal(tmp_path)


@pytest.fixture
def beside(tmp_path: Path, engine: Engine) -> Terminal:
    """An empty folder, beside a Temporal that is named: the session's own."""
    return Terminal(
        tmp_path,
        {"TEMPORAL_ADDRESS": engine.address, "TEMPORAL_NAMESPACE": engine.namespace},
    )
