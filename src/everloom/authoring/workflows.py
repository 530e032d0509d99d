"""Declare workflows. What is declared stays a plain SDK workflow class."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, NoReturn, TypeVar

from temporalio import workflow
from temporalio.exceptions import (
    ApplicationError,
    ApplicationErrorCategory,
    is_cancelled_exception,
)

from everloom.core import EverloomError

from .activities import failure_from
from .addressing import Addressed, NotAWorkflow
from .bindings import WorkflowBinding, bind_workflow, summary_of
from .continuing import MAIN_TASK, continue_as_new, restore_messages, split_arguments
from .messages import guard_messages
from .tracking import doings_of, show
from .versioning import Versioning, behaviour

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")
ClassT = TypeVar("ClassT", bound=type)

_SDK_INIT = "__temporal_workflow_init"
_CANCEL_REASON = "_everloom_cancel_reason"


class Workflow(Addressed[InputT, OutputT]):
    """Base of typed workflows: one input, one result.

    A subclass defines `run` and is declared with `@workflow_type`. It may define signals, queries and
    updates with the SDK's own decorators.
    """

    continue_after: ClassVar[int | None] = None
    """`should_continue` once the history has so many events. None: when Temporal suggests it."""

    @property
    def state(self) -> Any:
        """What the run showed last about itself."""
        return doings_of(self).state

    @state.setter
    def state(self, value: object) -> None:
        """Show a model or a sentence in Temporal's web interface, at the run's head."""
        doings = doings_of(self)
        doings.state = value
        show(doings)

    def cancel(self, reason: str) -> None:
        """Stop this run from inside, for example out of a signal handler.

        Everything it waits for is cancelled, running activities too (they hear of it at their next
        heartbeat). `run` sees `asyncio.CancelledError` and may clean up; unless it returns a result,
        the run ends as failed with the type `cancelled` and the reason.
        """
        vars(self)[_CANCEL_REASON] = reason
        task: asyncio.Task[Any] | None = vars(self).get(MAIN_TASK)
        if task is not None:
            task.cancel(reason)

    def stop_if_cancelled(self) -> None:
        """Stop here when the run was cancelled, from outside or inside.

        For loops around calls whose policy says `await_cancel`: such a call lets its activity end
        and returns its result, and the loop would go on.

        Raises:
            asyncio.CancelledError: It was cancelled.
        """
        reason = vars(self).get(_CANCEL_REASON, workflow.cancellation_reason())
        if reason is not None:
            raise asyncio.CancelledError(reason)

    @property
    def should_continue(self) -> bool:
        """Whether the history has grown so long that the run should continue as new."""
        info = workflow.info()
        if self.continue_after is None:
            return info.is_continue_as_new_suggested()
        return info.get_current_history_length() >= self.continue_after

    async def continue_as_new(self, input: InputT | Callable[[], InputT]) -> NoReturn:
        """Let handlers end, and go on with this input and an empty history, under the same id.

        Only in `run`. Whoever waits for the result waits on, and messages find the new run. What
        waits in an `Inbox` of the workflow is carried over.

        Args:
            input: The next input, or a function that makes it. The function is asked when the
                handlers have ended, so that it knows what they did.

        Raises:
            InputInvalid: The input does not fit the declared type.
            ContinueMisplaced: It was called in a handler or in a task beside `run`.
        """
        await continue_as_new(self, lambda: self.check_input(input() if callable(input) else input))


def workflow_type(
    *,
    name: str,
    queue: str | None = None,
    versioning: Versioning | None = None,
) -> Callable[[ClassT], ClassT]:
    """Declare a class as a workflow.

    An `EverloomError` that leaves `run` fails the run with the failure type `code`; any other
    exception of Python suspends it until the code is mended, as everywhere with Temporal.

    Args:
        name: Wire name. It stands in histories: renaming it breaks runs that are under way.
        queue: Queue it is bound to. None: it starts on the default queue of the settings unless its
            start says otherwise, and is served on every queue.
        versioning: Whether a run stays on the version of the workers that it began with, or goes on
            with the current one. None: what `deployment.versioning` says. It says nothing where the
            workers are not versioned.
    """

    def declare(cls: ClassT) -> ClassT:
        run: Callable[..., Awaitable[Any]] | None = vars(cls).get("run")
        if run is None or not inspect.iscoroutinefunction(run):
            lacks = "has no method `run`" if run is None else "has a `run` that is not `async`"
            raise NotAWorkflow(
                f"Workflow `{name}` {lacks}.",
                hint=f"Write `async def run(self, input: ...) -> ...` in class `{cls.__name__}`.",
            )
        cls.run = workflow.run(_guarded(run))
        if hasattr(cls.__init__, _SDK_INIT):
            cls.__init__ = _with_own_arguments(cls.__init__, cls)
        guard_messages(cls)
        bind_workflow(cls, WorkflowBinding(name, queue, summary_of(cls)))
        return workflow.defn(name=name, versioning_behavior=behaviour(versioning))(cls)

    return declare


def _guarded(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`run`, with our errors as Temporal failures and `cancel` from inside."""

    @functools.wraps(run)
    async def guarded(self: Workflow[Any, Any], *args: Any) -> Any:
        kept = vars(self)
        kept[MAIN_TASK] = asyncio.current_task()
        if _CANCEL_REASON in kept:  # a signal that came with the start asked for it already
            self.cancel(kept[_CANCEL_REASON])
        restore_messages(self, args)
        try:
            return await run(self, *split_arguments(args, self.input_type))
        except EverloomError as error:
            raise failure_from(error) from error.__cause__
        except (Exception, asyncio.CancelledError) as error:
            from_inside = _CANCEL_REASON in kept and workflow.cancellation_reason() is None
            if not from_inside or not is_cancelled_exception(error):
                raise
            raise ApplicationError(
                f"Cancelled by the workflow itself: {kept[_CANCEL_REASON]}",
                type="cancelled",
                non_retryable=True,
                category=ApplicationErrorCategory.BENIGN,
            ) from None

    return guarded


def _with_own_arguments(
    init: Callable[..., None], cls: type["Workflow[Any, Any]"]
) -> Callable[..., None]:
    """`__init__` of `@workflow.init`, without what is carried over beside the input."""

    @functools.wraps(init)
    def initialize(self: Workflow[Any, Any], *args: Any) -> None:
        init(self, *split_arguments(args, cls.input_type))

    return initialize
