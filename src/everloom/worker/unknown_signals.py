"""Tells when a signal comes to a run that no method of its class waits for.

The SDK keeps such a signal, in case the code sets a handler for it later, and says nothing: a name
that somebody misspelt would be lost in silence.
"""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)
from typing_extensions import override

from everloom.authoring import find_workflow_binding, messages_of
from everloom.core import did_you_mean
from everloom.observe import get_logger

log = get_logger("everloom.worker")


class UnknownSignals(Interceptor):
    """Watches the runs of a worker. Plain SDK classes are left alone: they may set handlers as they run."""

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    @override
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        if find_workflow_binding(input.type) is not None:
            self._watching = asyncio.create_task(_watch(input.type))
        return await super().execute_workflow(input)


async def _watch(workflow_class: type) -> None:
    """Wait for names that nobody takes. Nothing of it reaches the history."""
    told: set[str] = set()
    while True:
        await workflow.wait_condition(lambda: not told.issuperset(_kept()))
        for name in sorted(set(_kept()) - told):
            told.add(name)
            _tell(workflow_class, name)


def _tell(workflow_class: type, name: str) -> None:
    if workflow.unsafe.is_replaying():
        return
    info = workflow.info()
    known = sorted(each for each in messages_of(workflow_class, "signal") if each)
    log.warning(
        "signal unknown",
        signal=name,
        known=known,
        workflow=info.workflow_type,
        workflow_id=info.workflow_id,
        run=info.run_id,
        hint=f"{did_you_mean(name, known)} It is kept, in case the code sets a handler for it.",
    )


def _kept() -> dict[str, Any]:
    """Signals that wait for a handler, by name."""
    instance = asyncio.get_running_loop()  # a workflow is its own event loop
    return getattr(instance, "_buffered_signals", {})
