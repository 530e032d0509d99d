"""A request of an MCP server that is started for it, and speaks over its streams. Needs `mcp`.

The server is a process like those of scripts: without the worker's environment, within its limits,
and ended with all that it began.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from mcp.shared.memory import MessageStream, create_client_server_memory_streams
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter
from pydantic import ValidationError

from everloom.flow import Json, step_fault
from everloom.settings import RunSettings
from everloom.steps.answering import Step
from everloom.steps.processes import (
    Child,
    Command,
    Limits,
    fault_of_end,
    started,
    text_of,
    texts_of,
    variables_of,
)

from .arguments import McpCall, unusable
from .sessions import Asked, ask, innermost

LEAVE = 0.5
"""Seconds that a server has to end by itself once its input is closed."""

TAIL = 2000
"""Characters of what a server complained that are kept."""


async def ask_started(call: McpCall, request: Asked, step: Step, settings: RunSettings) -> Json:
    """Start a server, send it a request, and return its result.

    Raises:
        Fault: It cannot be started, ended early, took more than it may, or answered with an error.
    """
    command, limits = _command(call), Limits.of(settings)
    async with started(command, limits) as child:
        server = _Server(child)
        try:
            async with server.streams() as (read, write):
                return await ask(call, request, read, write)
        except Exception as error:  # noqa: BLE001 - none of them stays
            raise await server.reason(innermost(error), command, limits, step) from None
        finally:
            await server.leave()


class _Server:
    """A server that was started."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._complaint = b""
        self._has_hung_up = False
        self._is_too_long = False
        self._ending = asyncio.create_task(child.ended())
        self._listening = asyncio.create_task(self._listen())

    @asynccontextmanager
    async def streams(self) -> AsyncGenerator[MessageStream]:
        """What it says, and what is said to it."""
        async with create_client_server_memory_streams() as (ours, its):
            pumps = [
                asyncio.create_task(self._read_into(its)),
                asyncio.create_task(self._write_from(its)),
            ]
            try:
                yield ours
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)

    async def reason(
        self, error: Exception, command: Command, limits: Limits, step: Step
    ) -> Exception:
        """Why a request failed: because the server ended, or for the error that it told."""
        if self._is_too_long:
            said = f"It wrote a message of more than {limits.output} bytes (`run.output`)."
            return step_fault("runtime", title="MCP server stopped", detail=said)
        if not self._has_hung_up:
            return error
        await asyncio.wait([self._ending, self._listening], timeout=LEAVE)
        if not self._ending.done():
            return error
        ended = self._ending.result()
        if ended.code is None:
            return fault_of_end(ended, command, limits)
        said = step.veil.cover(self._complaint.decode("utf-8", "replace")).strip()[-TAIL:]
        detail = f"It ended with exit code {ended.code} instead of answering" + (
            f":\n{said}" if said else "."
        )
        return step_fault("runtime", title="MCP server ended", detail=detail)

    async def leave(self) -> None:
        """Close its input, and give it a moment to end by itself."""
        self._child.stdin.close()
        await asyncio.wait([self._ending], timeout=LEAVE)
        self._ending.cancel()
        self._listening.cancel()
        await asyncio.gather(self._ending, self._listening, return_exceptions=True)

    async def _read_into(self, streams: MessageStream) -> None:
        _, write = streams
        try:
            while line := await self._child.stdout.readline():
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValidationError:
                    continue  # servers print what they should not
                await write.send(SessionMessage(message))
            self._has_hung_up = True
        except ValueError:
            self._is_too_long = True
        await write.aclose()

    async def _write_from(self, streams: MessageStream) -> None:
        read, _ = streams
        async for each in read:
            if isinstance(each, SessionMessage):
                text = each.message.model_dump_json(by_alias=True, exclude_unset=True)
                self._child.stdin.write(text.encode() + b"\n")
                await self._child.stdin.drain()

    async def _listen(self) -> None:
        while part := await self._child.stderr.read(4096):
            self._complaint = (self._complaint + part)[-4 * TAIL :]


def _command(call: McpCall) -> Command:
    given = call.stdio or {}
    program = text_of(given.get("command"), "`command`")
    if not program:
        raise unusable("`stdio` needs a `command`.")
    return Command(
        arguments=(program, *texts_of(given.get("arguments"), "`arguments`")),
        environment=variables_of(given.get("environment")),
        input=None,
    )
