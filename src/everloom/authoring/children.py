"""Run other workflows from a workflow: typed as their starts are, and watched as calls are."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import (
    Any,
    Generic,
    Literal,
    Protocol,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.workflow import (
    ChildWorkflowCancellationType,
    ChildWorkflowHandle,
    ParentClosePolicy,
)

from everloom.core import Conflict, NotFound

from .addressing import NotAWorkflow, QueueMismatch
from .bindings import WorkflowBinding, find_workflow_binding
from .door import Door, StartArguments
from .messages import check_kind
from .policy import Policy
from .runs import Run, checked_arguments
from .tracking import doings_of, show

WorkflowT = TypeVar("WorkflowT")
InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")
ArgT = TypeVar("ArgT")
TakenT_contra = TypeVar("TakenT_contra", contravariant=True)

OnParentClose = Literal["cancel", "terminate", "abandon"]
"""What becomes of a child whose parent has ended, however it ended.

`cancel`: it is asked to stop, and may clean up. `terminate`: it is ended at once. `abandon`: it goes
on.
"""

OnCancel = Literal["await", "request", "abandon"]
"""What becomes of a child when its parent is cancelled while waiting for it.

`await`: it is asked to stop, and its end is waited for, clean-up included. `request`: it is asked to
stop, and the parent goes on at once. `abandon`: it is not told. A parent that is cancelled before it
has heard that the child was begun never waits; `on_parent_close` then says what becomes of the child.
"""

_ON_PARENT_CLOSE = {
    "cancel": ParentClosePolicy.REQUEST_CANCEL,
    "terminate": ParentClosePolicy.TERMINATE,
    "abandon": ParentClosePolicy.ABANDON,
}
_ON_CANCEL = {
    "await": ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    "request": ChildWorkflowCancellationType.TRY_CANCEL,
    "abandon": ChildWorkflowCancellationType.ABANDON,
}
_IF_EXISTS = {
    "fail": WorkflowIDReusePolicy.REJECT_DUPLICATE,
    "new": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
}


class ChildExists(Conflict):
    """A run has the id that a child was to have."""

    code = "child-exists"


class ChildEnded(NotFound):
    """A signal was sent to a child that is over."""

    code = "child-ended"


class ChildOptions(TypedDict, total=False):
    """What may be said when a child is started; all of it may be left out."""

    id: str
    """Workflow id. Default: the wire name and a random part, the same in every replay."""

    queue: str
    """Queue, for a workflow that is bound to none. Default: the queue of the parent."""

    policy: Policy
    """Limits and retries of the child as a whole: `timeout` is that of one run, `total` that of all
    of them. Default: no limit, and no retry. `wait`, `heartbeat` and `await_cancel` say nothing
    here."""

    on_parent_close: OnParentClose
    """What becomes of it when the parent ends first. Default: `cancel`."""

    on_cancel: OnCancel
    """What becomes of it when the parent is cancelled. Default: `await`; and `abandon` for a child
    that `on_parent_close` abandons."""

    if_exists: Literal["fail", "new"]
    """When a closed run has the id: refuse (`fail`), or start a new one (`new`, the default). An open
    one is always refused."""

    summary: str
    """One line that Temporal's web interface shows. Default: the first line of the class's
    docstring."""

    memo: Mapping[str, Any]
    """Notes that are shown with the run."""


class Startable(Protocol[WorkflowT, TakenT_contra, OutputT]):
    """A class declared with `@workflow_type`: what it takes, what it results in."""

    def start(
        self, temporal: Door, input: TakenT_contra, **options: Unpack[StartArguments]
    ) -> Coroutine[Any, Any, Run[WorkflowT, OutputT]]:
        """As `Workflow.start`."""
        ...


class Child(Generic[WorkflowT, OutputT]):
    """A child under way: its result, signals to it, its cancellation."""

    def __init__(self, handle: ChildWorkflowHandle[Any, OutputT]) -> None:
        """Made by `start_child`."""
        self._handle = handle
        self.id = handle.id
        """Workflow id."""
        self.run_id = handle.first_execution_run_id
        """Run id; of the first run, should it continue as new."""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, as far as the parent has heard."""
        return self._handle.done()

    async def result(self) -> OutputT:
        """Wait for its end and return its result.

        Who is cancelled while waiting here, cancels the child as `on_cancel` says.

        Raises:
            temporalio.exceptions.ChildWorkflowError: It failed, was cancelled, was terminated or ran
                out of time; the cause says why, with the child's own code as its `type`.
        """
        return await self._handle

    @overload
    async def signal(self, signal: Callable[[WorkflowT], Awaitable[None] | None], /) -> None: ...
    @overload
    async def signal(
        self, signal: Callable[[WorkflowT, ArgT], Awaitable[None] | None], arg: ArgT, /
    ) -> None: ...
    async def signal(self, signal: Callable[..., Any], /, *args: Any) -> None:
        """Send a signal: `await child.signal(Import.add, item)`.

        Raises:
            InputInvalid: The argument does not fit; nothing was sent.
            ChildEnded: The child is over.
        """
        check_kind("signal", signal)
        checked = checked_arguments(signal, args)
        if self.is_over:
            raise self._ended(signal)
        try:
            await self._handle.signal(signal, args=checked)
        except ApplicationError as error:  # why else would Temporal not pass it on
            raise self._ended(signal) from error

    async def cancel(self, reason: str = "") -> None:
        """Ask it to stop in an orderly way, whatever `on_cancel` says. One that is over stays so."""
        if self.is_over:
            return
        run = workflow.get_external_workflow_handle(self.id)
        try:
            await run.cancel(reason=reason)
        except ApplicationError:
            # It ended before the request reached it: then there is nothing left to stop.
            workflow.logger.info(
                "child was over before it could be cancelled", extra={"child": self.id}
            )

    def _ended(self, signal: Callable[..., Any]) -> ChildEnded:
        return ChildEnded(
            f"The child `{self.id}` is over, and cannot be sent `{signal.__name__}`.",
            hint="Look at `is_over` first where a child may end by itself.",
        )


async def start_child(
    other: Startable[WorkflowT, InputT, OutputT], input: InputT, **options: Unpack[ChildOptions]
) -> Child[WorkflowT, OutputT]:
    """Start a child workflow, and return when Temporal has begun it.

    Args:
        other: The workflow's class.
        input: Its input; checked before anything is started.
        **options: `id`, `policy`, `on_parent_close` and more, as in `ChildOptions`.

    Raises:
        NotAWorkflow: The class was never declared as one.
        InputInvalid: The input does not fit; nothing was started.
        QueueMismatch: `queue` is not the one the workflow is bound to.
        ChildExists: A run of that id exists.
    """
    cls: Any = other  # a class with a binding; the protocol is there to know its types
    binding = find_workflow_binding(cls)
    if binding is None:
        name = getattr(cls, "__qualname__", repr(cls))
        raise NotAWorkflow(
            f"`{name}` is no workflow of Everloom, and cannot be a child.",
            hint="Declare it with `@workflow_type(name=...)`.",
        )
    checked = cls.check_input(input)
    policy = options.get("policy", Policy())
    id = options.get("id") or f"{binding.name}-{workflow.uuid4()}"
    try:
        handle: ChildWorkflowHandle[Any, OutputT] = await workflow.start_child_workflow(
            binding.name,
            checked,
            id=id,
            task_queue=_queue_of(binding, options),
            result_type=cls.output_type(),
            cancellation_type=_ON_CANCEL[_on_cancel(options)],
            parent_close_policy=_ON_PARENT_CLOSE[options.get("on_parent_close", "cancel")],
            run_timeout=policy.timeout,
            execution_timeout=policy.total,
            retry_policy=None if policy.attempts is None else policy.retry_policy(),
            id_reuse_policy=_IF_EXISTS[options.get("if_exists", "new")],
            static_summary=options.get("summary") or binding.summary or None,
            memo=options.get("memo"),
            priority=policy.priority or workflow.info().priority,
        )
    except WorkflowAlreadyStartedError as error:
        raise ChildExists(
            f"A run has the id `{id}` already; the child `{binding.name}` was not started.",
            hint="Give the child an id of its own, or leave `id` out.",
        ) from error
    _watch(binding.name, handle)
    return Child(handle)


async def child(
    other: Startable[WorkflowT, InputT, OutputT], input: InputT, **options: Unpack[ChildOptions]
) -> OutputT:
    """Run a child workflow and return its result.

    ```python
    report = await child(ImportFeed, feed, id=f"feed/{feed.id}")
    ```

    Arguments as for `start_child`.

    Raises:
        NotAWorkflow: The class was never declared as one.
        InputInvalid: The input does not fit; nothing was started.
        QueueMismatch: `queue` is not the one the workflow is bound to.
        ChildExists: A run of that id exists.
        temporalio.exceptions.ChildWorkflowError: It failed, was cancelled, was terminated or ran out
            of time; the cause says why, with the child's own code as its `type`.
    """
    return await (await start_child(other, input, **options)).result()


def _on_cancel(options: ChildOptions) -> OnCancel:
    abandoned = options.get("on_parent_close") == "abandon"
    return options.get("on_cancel", "abandon" if abandoned else "await")


def _queue_of(binding: WorkflowBinding, options: ChildOptions) -> str | None:
    asked = options.get("queue", binding.queue)
    if binding.queue is not None and asked != binding.queue:
        raise QueueMismatch(
            f"Workflow `{binding.name}` is bound to the queue `{binding.queue}`, not to `{asked}`.",
            hint="Leave `queue` out: no worker of another queue knows the workflow.",
        )
    return asked


def _watch(name: str, handle: ChildWorkflowHandle[Any, Any]) -> None:
    """Count the child as running until it ends, whether or not somebody waits for it."""
    doings = doings_of(workflow.instance())
    doings.running[name] += 1
    show(doings)

    def ended(task: asyncio.Task[Any]) -> None:
        has_failed = task.cancelled() or task.exception() is not None
        doings.running[name] -= 1
        (doings.failed if has_failed else doings.done)[name] += 1
        show(doings)

    handle.add_done_callback(ended)
