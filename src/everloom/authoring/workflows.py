"""Declare workflows. What is declared stays a plain SDK workflow class."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, Self, TypeVar, Unpack, get_type_hints
from uuid import uuid4

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import (
    ApplicationError,
    ApplicationErrorCategory,
    is_cancelled_exception,
)

from everloom.core import EverloomError, Invalid

from .activities import failure_from
from .bindings import WorkflowBinding, bind_workflow, find_workflow_binding, summary_of
from .checking import check_input
from .door import Door, StartArguments, StartOptions
from .runs import Run
from .tracking import doings_of, show

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")
ClassT = TypeVar("ClassT", bound=type)

_BEHAVIOURS = {
    None: VersioningBehavior.UNSPECIFIED,
    "pinned": VersioningBehavior.PINNED,
    "auto-upgrade": VersioningBehavior.AUTO_UPGRADE,
}

_MAIN_TASK = "_everloom_main_task"
_CANCEL_REASON = "_everloom_cancel_reason"


class NotAWorkflow(Invalid):
    """A class was used as a workflow that was never declared as one."""

    code = "not-a-workflow"


class QueueMismatch(Invalid):
    """A workflow was started on another queue than the one it is bound to."""

    code = "queue-mismatch"


class Workflow(Generic[InputT, OutputT]):
    """Base of typed workflows: one input, one result.

    A subclass defines `run` and is declared with `@workflow_type`. It may define signals, queries and
    updates with the SDK's own decorators.
    """

    async def run(self, input: InputT) -> OutputT:
        """The workflow itself. Subclasses define it."""
        raise NotImplementedError

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
        task: asyncio.Task[Any] | None = vars(self).get(_MAIN_TASK)
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

    @classmethod
    async def start(
        cls, temporal: Door, input: InputT, **options: Unpack[StartArguments]
    ) -> Run[Self, OutputT]:
        """Start a run and return at once.

        Args:
            temporal: Where to start it: a `TemporalService`.
            input: The input; checked before anything is sent.
            **options: `id`, `start_delay`, timeouts and more, as in `StartArguments`.

        Raises:
            InputInvalid: The input does not fit; nothing was started.
            QueueMismatch: `queue` is not the one the workflow is bound to.
            Conflict: A run of that id exists, and `if_exists` does not allow it.
            Unavailable: Temporal is away.
        """
        binding = _binding(cls)
        asked = options.get("queue", binding.queue)
        if binding.queue is not None and asked != binding.queue:
            raise QueueMismatch(
                f"Workflow `{binding.name}` is bound to the queue `{binding.queue}`, "
                f"not to `{asked}`.",
                hint="Leave `queue` out: no worker of another queue knows the workflow.",
            )
        checked = cls.check_input(input)
        run_options = StartOptions(
            **{  # pyright: ignore[reportArgumentType] - the keys are those of `StartArguments`
                "id": f"{binding.name}-{uuid4()}",
                "queue": binding.queue,
                "summary": binding.summary,
                **options,
            }
        )
        run_id = await temporal.start_workflow(binding.name, checked, run_options)
        return Run(temporal, run_options.id, run_id, cls.output_type())

    @classmethod
    async def execute(
        cls, temporal: Door, input: InputT, **options: Unpack[StartArguments]
    ) -> OutputT:
        """Start a run, wait for its end and return its result. Arguments as for `start`.

        Raises:
            InputInvalid: The input does not fit; nothing was started.
            Conflict: A run of that id exists, and `if_exists` does not allow it.
            RunFailed: It failed, was cancelled, was terminated or ran out of time.
            Unavailable: Temporal is away.
        """
        return await (await cls.start(temporal, input, **options)).result()

    @classmethod
    def at(cls, temporal: Door, id: str, *, run_id: str | None = None) -> Run[Self, OutputT]:
        """The run with this id, to signal, query, update, cancel or await. Nothing is asked yet.

        Args:
            temporal: Where it is.
            id: Workflow id.
            run_id: Exactly this run of the id. None: the latest.
        """
        return Run(temporal, id, run_id, cls.output_type(), continued=run_id is None)

    @classmethod
    def input_type(cls) -> Any:
        """The declared type of the input."""
        hints = get_type_hints(cls.run)
        return next((hint for name, hint in hints.items() if name != "return"), None)

    @classmethod
    def output_type(cls) -> Any:
        """The declared type of the result."""
        return get_type_hints(cls.run).get("return", Any)

    @classmethod
    def check_input(cls, value: object) -> Any:
        """The input as the workflow will get it.

        Raises:
            InputInvalid: It does not fit the declared type.
        """
        return check_input(f"workflow `{_binding(cls).name}`", cls.input_type(), value)


def workflow_type(
    *,
    name: str,
    queue: str | None = None,
    versioning: Literal["pinned", "auto-upgrade"] | None = None,
) -> Callable[[ClassT], ClassT]:
    """Declare a class as a workflow.

    An `EverloomError` that leaves `run` fails the run with the failure type `code`; any other
    exception of Python suspends it until the code is mended, as everywhere with Temporal.

    Args:
        name: Wire name. It stands in histories: renaming it breaks runs that are under way.
        queue: Queue it is bound to. None: the default queue of the settings.
        versioning: Whether a run stays on the version of the workers that it began with, or goes on
            with the current one. None: what `deployment.versioning` says.
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
        bind_workflow(cls, WorkflowBinding(name, queue, summary_of(cls)))
        return workflow.defn(name=name, versioning_behavior=_BEHAVIOURS[versioning])(cls)

    return declare


def _guarded(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`run`, with our errors as Temporal failures and `cancel` from inside."""

    @functools.wraps(run)
    async def guarded(self: Workflow[Any, Any], *args: Any) -> Any:
        kept = vars(self)
        kept[_MAIN_TASK] = asyncio.current_task()
        if _CANCEL_REASON in kept:  # a signal that came with the start asked for it already
            self.cancel(kept[_CANCEL_REASON])
        try:
            return await run(self, *args)
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


def _binding(cls: type) -> WorkflowBinding:
    binding = find_workflow_binding(cls)
    if binding is None:
        raise NotAWorkflow(
            f"Class `{cls.__name__}` is no workflow.",
            hint="Declare it with `@workflow_type(name=...)`.",
        )
    return binding
