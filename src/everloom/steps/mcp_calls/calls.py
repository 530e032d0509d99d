"""`call: mcp` as an activity."""

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from temporalio import activity

from everloom.core import format_duration
from everloom.flow import MCP, Json, StepRequest, step_fault
from everloom.steps.answering import Step, answering
from everloom.steps.means import Activity, Means
from everloom.steps.processes import check_allowed

from .arguments import McpCall, mcp_call


class McpCalls:
    """Calls of MCP servers."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        return [self.call]

    async def close(self) -> None:
        """Nothing is held: a session lasts as long as its call."""

    @activity.defn(name=MCP)
    async def call(self, request: StepRequest) -> Json:
        """Send a request to a server, and return its result.

        Raises:
            Fault: The server cannot be reached or started, took too long, or answered with an error.
        """
        async with answering(request, self._means.secrets) as step:
            call = mcp_call(step.arguments, self._means.settings)
            if call.stdio is not None:
                check_allowed("mcp-stdio", self._means.settings.run)
            try:
                async with asyncio.timeout(call.timeout.total_seconds()):
                    return await self._ask(call, step)
            except TimeoutError:
                detail = f"The MCP server had not answered after {format_duration(call.timeout)}."
                raise step_fault("timeout", title="No answer in time", detail=detail) from None

    async def _ask(self, call: McpCall, step: Step) -> Json:
        request = _library("sessions").request_of(call)
        if call.stdio is None:
            asking = _library("http_sessions").ask_over_http
            return await asking(call, request, step, self._means)
        asking = _library("started_servers").ask_started
        return await asking(call, request, step, self._means.settings.run)


def _library(module: str) -> Any:
    """A module that needs the library."""
    try:
        return import_module(f"everloom.steps.mcp_calls.{module}")
    except ModuleNotFoundError:
        raise step_fault(
            "configuration",
            title="MCP not installed",
            detail="This worker has no library for MCP: install `everloom[mcp]` there.",
        ) from None
