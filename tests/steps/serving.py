"""Real servers on loopback whose answers a test writes, and calls to them as a worker makes them."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from temporalio.testing import ActivityEnvironment
from tests.servers.http_files import Asked, Status

from everloom.flow import HTTP, OPENAPI, Fault, Json, StepRequest
from everloom.settings import HttpSettings, SecretSettings, Settings
from everloom.steps import Means, Outgoing
from everloom.steps.authentication import Authentication
from everloom.steps.connecting import Resolve, look_up
from everloom.steps.http_calls import HttpCalls
from everloom.steps.openapi_calls import OpenApiCalls
from everloom.steps.secrets import Secrets

ERRORS = "https://open-workflow-specification.org/spec/1.0.0/errors/"
PRIVATE = HttpSettings(private=True)


@dataclass
class Reply:
    """An answer that looks at the request first."""

    make: Callable[[Asked], Status]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        await self.make(asked).answer(asked, writer)


def says(value: Any, status: int = 200, *, headers: dict[str, str] | None = None) -> Status:
    """An answer in JSON."""
    told = {"Content-Type": "application/json", **(headers or {})}
    return Status(status, json.dumps(value).encode(), told)


def _mirrored(asked: Asked) -> Status:
    path, _, query = asked.path.partition("?")
    return says(
        {
            "method": asked.method,
            "path": path,
            "query": [list(pair) for pair in parse_qsl(query, keep_blank_values=True)],
            "headers": asked.headers,
            "body": asked.body.decode("utf-8", "replace"),
        }
    )


MIRROR = Reply(_mirrored)
"""Answers with what it was asked."""


class Caller:
    """The steps of one worker, called one by one."""

    def __init__(self, settings: Settings, resolve: Resolve) -> None:
        outgoing = Outgoing(settings, resolve)
        self.means = Means(settings, outgoing, Secrets(settings), Authentication(outgoing))
        self._ways: dict[str, Callable[[StepRequest], Awaitable[Json]]] = {
            HTTP: HttpCalls(self.means).call,
            OPENAPI: OpenApiCalls(self.means).call,
        }
        self._environment = ActivityEnvironment()

    def attempt(self, **changes: Any) -> None:
        """Make later calls from another attempt, run or activity."""
        self._environment.info = replace(self._environment.info, **changes)

    async def __call__(self, **call: Any) -> Json:
        """Call a step: `step`, `deferred`, `secrets` and `instance` are its own, the rest is `with`."""
        own = {name: call.pop(name) for name in ("deferred", "secrets") if name in call}
        step, instance = call.pop("step", HTTP), call.pop("instance", "/do/0/call")
        request = StepRequest(arguments=call, instance=instance, **own)
        return await self._environment.run(self._ways[step], request)

    async def fails(self, kind: str, status: int, **call: Any) -> str:
        """Hold a call to this fault, and give its title and detail."""
        with pytest.raises(Fault) as raised:
            await self(**call)
        problem = raised.value.problem
        said = f"{problem['title']}: {problem['detail']}"
        assert (problem["type"], problem["status"]) == (ERRORS + kind, status), said
        assert raised.value.non_retryable
        return said


@asynccontextmanager
async def caller(
    http: HttpSettings = PRIVATE,
    *,
    secrets: SecretSettings | None = None,
    resolve: Resolve = look_up,
) -> AsyncGenerator[Caller]:
    """The steps of a worker with these settings, while the block runs."""
    made = Caller(Settings(http=http, secrets=secrets or SecretSettings()), resolve)
    yield made
    await made.means.outgoing.close()
