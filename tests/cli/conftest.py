"""The command line as it is typed: a real process in a folder of its own."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from tests.greeting import Greeter, greeter

__all__ = ["greeter"]


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


class Type(Protocol):
    """Types a command and waits for its end."""

    def __call__(
        self, *arguments: str, stdin: str = "", **environment: str
    ) -> Awaitable[Outcome]: ...


Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture(scope="session")
def start(greeter: Greeter) -> Start:
    """Start a command in the application's folder."""

    async def start(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "everloom",
            *arguments,
            cwd=greeter.settings.folder,
            env=greeter.environment(**environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    return start


@pytest.fixture(scope="session")
def everloom(start: Start) -> Type:
    """Type a command and wait for its end."""

    async def type_(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
        process = await start(*arguments, **environment)
        out, err = await process.communicate(stdin.encode())
        return Outcome(process.returncode or 0, out.decode(), err.decode())

    return type_
