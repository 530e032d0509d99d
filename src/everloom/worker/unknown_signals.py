"""Tells when a signal comes to a run that no method of its class waits for.

The SDK keeps such a signal, in case the code sets a handler for it later, and says nothing: a name
that somebody misspelt would be lost in silence.
"""

import asyncio
from collections.abc import Callable
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
            _watch(input.type)
        return await super().execute_workflow(input)


class _Kept(dict[str, list[Any]]):
    """Signals that wait for a handler, by name. The SDK puts each into it in the moment it comes.

    Told from here and not from a task of the run: the SDK wakes nothing for such a signal, and a task
    that woke for it would let the run look at its conditions once more than without us.
    """

    def __init__(self, kept: dict[str, list[Any]], tell: Callable[[str], None]) -> None:
        super().__init__(kept)
        self._tell = tell

    @override
    def setdefault(self, name: str, signals: Any = None, /) -> Any:
        if name not in self:
            self._tell(name)
        return super().setdefault(name, signals)


def _watch(workflow_class: type) -> None:
    """Tell of those that are there, and of those that come. Nothing of it reaches the history."""
    run: Any = asyncio.get_running_loop()  # a workflow is its own event loop
    kept: dict[str, list[Any]] | None = getattr(run, "_buffered_signals", None)
    if kept is None:
        return
    info = workflow.info()

    def tell(name: str) -> None:
        if run.workflow_is_replaying():
            return
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

    for name in sorted(kept):
        tell(name)
    run._buffered_signals = _Kept(kept, tell)  # noqa: SLF001 - there is no other door to it
