"""Watches how the histories of runs grow: a line in the log in time, a clear failure before the end."""

from typing import Any, ClassVar

from temporalio import workflow
from temporalio.worker import (
    HandleSignalInput,
    Interceptor,
    SignalChildWorkflowInput,
    SignalExternalWorkflowInput,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from typing_extensions import override

from everloom.authoring import failure_from
from everloom.observe import get_logger
from everloom.payloads import HistoryBudget, HistoryLimits, HistoryTooLarge
from everloom.settings import Settings

log = get_logger("everloom.payloads")

_REMEDY = (
    "Continue as new before that (`continue_as_new`), or hand parts of the work to child workflows."
)


class HistoryWatch(Interceptor):
    """Watches every run of a worker."""

    def __init__(self, settings: Settings) -> None:
        self._limits = HistoryLimits.of(settings.payloads)

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        limits = self._limits

        class Watching(_Inbound):
            history_limits = limits

        return Watching


class _Inbound(WorkflowInboundInterceptor):
    history_limits: ClassVar[HistoryLimits]

    def __init__(self, inner: WorkflowInboundInterceptor) -> None:
        super().__init__(inner)
        self._budget = HistoryBudget(self.history_limits)

    @override
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound, self._budget))

    @override
    async def handle_signal(self, input: HandleSignalInput) -> None:
        # Only said, never refused: a signal has been taken already.
        info = workflow.info()
        share = self._budget.limits.share(
            info.get_current_history_length(), info.get_current_history_size()
        )
        _report(self._budget, share, f"the signal `{input.signal}`")
        return await super().handle_signal(input)


class _Outbound(WorkflowOutboundInterceptor):
    def __init__(self, inner: WorkflowOutboundInterceptor, budget: HistoryBudget) -> None:
        super().__init__(inner)
        self._budget = budget

    @override
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        _begin(self._budget, f"the activity `{input.activity}`")
        return super().start_activity(input)

    @override
    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:
        _begin(self._budget, f"the local activity `{input.activity}`")
        return super().start_local_activity(input)

    @override
    async def start_child_workflow(
        self, input: StartChildWorkflowInput
    ) -> workflow.ChildWorkflowHandle[Any, Any]:
        _begin(self._budget, f"the child workflow `{input.workflow}`")
        return await super().start_child_workflow(input)

    @override
    async def signal_child_workflow(self, input: SignalChildWorkflowInput) -> None:
        _begin(self._budget, f"the signal `{input.signal}` to {input.child_workflow_id!r}")
        return await super().signal_child_workflow(input)

    @override
    async def signal_external_workflow(self, input: SignalExternalWorkflowInput) -> None:
        _begin(self._budget, f"the signal `{input.signal}` to {input.workflow_id!r}")
        return await super().signal_external_workflow(input)


def _begin(budget: HistoryBudget, step: str) -> None:
    """Let a step begin, or fail the run with it."""
    info = workflow.info()
    events, size = info.get_current_history_length(), info.get_current_history_size()
    share = budget.begin_step(events, size)
    if budget.refuses(share):
        limits = budget.limits
        raise failure_from(
            HistoryTooLarge(
                f"The history of the run {info.workflow_id!r} is nearly full: {events} of "
                f"{limits.events} events, {size} of {limits.size} bytes. With {step} it would go "
                "beyond what Temporal keeps.",
                hint=_REMEDY,
            )
        )
    _report(budget, share, step)


def _report(budget: HistoryBudget, share: float, step: str) -> None:
    if not budget.is_news(share) or workflow.unsafe.is_replaying():
        return
    info = workflow.info()
    log.warning(
        "history grows towards its limit",
        workflow=info.workflow_type,
        workflow_id=info.workflow_id,
        run=info.run_id,
        step=step,
        events=info.get_current_history_length(),
        events_limit=budget.limits.events,
        size=info.get_current_history_size(),
        size_limit=budget.limits.size,
        share=round(share, 2),
        hint=_REMEDY,
    )
