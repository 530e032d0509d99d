"""Declare workflows. What is declared stays a plain SDK workflow class."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import (
    Any,
    ClassVar,
    Generic,
    NoReturn,
    Self,
    TypeVar,
    Unpack,
    get_type_hints,
    overload,
)
from uuid import uuid4

from temporalio import workflow
from temporalio.exceptions import (
    ApplicationError,
    ApplicationErrorCategory,
    is_cancelled_exception,
)
from temporalio.workflow import UpdateMethodMultiParam

from everloom.core import EverloomError, Invalid

from .activities import failure_from
from .bindings import WorkflowBinding, bind_workflow, find_workflow_binding, summary_of
from .checking import check_input
from .continuing import MAIN_TASK, continue_as_new, restore_messages, split_arguments
from .door import Door, StartArguments, StartOptions
from .messages import guard_messages
from .runs import Run, checked_arguments
from .tracking import doings_of, show
from .versioning import Versioning, behaviour
from .with_start import (
    SignalWithStartArguments,
    UpdateWithStartArguments,
    WithStartArguments,
    check_when_closed,
)

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")
ArgT = TypeVar("ArgT")
AnswerT = TypeVar("AnswerT")
ClassT = TypeVar("ClassT", bound=type)

_SDK_INIT = "__temporal_workflow_init"
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

    start_defaults: ClassVar[StartArguments] = {}
    """What holds for each start of this class that does not say otherwise."""

    continue_after: ClassVar[int | None] = None
    """`should_continue` once the history has so many events. None: when Temporal suggests it."""

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
        run_options = cls._start_options({"id": f"{binding.name}-{uuid4()}", **options})
        checked = cls.check_input(input)
        run_id = await temporal.start_workflow(binding.name, checked, run_options)
        return Run(temporal, run_options.id, run_id, cls.output_type(), workflow=cls)

    @overload
    @classmethod
    async def signal_with_start(
        cls,
        temporal: Door,
        input: InputT,
        signal: Callable[[Self], Awaitable[None] | None],
        /,
        **options: Unpack[SignalWithStartArguments],
    ) -> Run[Self, OutputT]: ...
    @overload
    @classmethod
    async def signal_with_start(
        cls,
        temporal: Door,
        input: InputT,
        signal: Callable[[Self, ArgT], Awaitable[None] | None],
        arg: ArgT,
        /,
        **options: Unpack[SignalWithStartArguments],
    ) -> Run[Self, OutputT]: ...
    @classmethod
    async def signal_with_start(
        cls,
        temporal: Door,
        input: InputT,
        signal: Callable[..., Any],
        /,
        *args: Any,
        **options: Unpack[SignalWithStartArguments],
    ) -> Run[Self, OutputT]:
        """Send a signal, and start the run first if there is none.

        Args:
            temporal: Where: a `TemporalService`.
            input: The input of the run, should it be started.
            signal: The method: `Import.add`.
            *args: Its argument.
            **options: `id`, and more as in `SignalWithStartArguments`.

        Raises:
            InputInvalid: The input or the argument does not fit; nothing was sent.
            QueueMismatch: `queue` is not the one the workflow is bound to.
            MessageRefused: The run has ended, and `if_exists` does not say `new`.
            Unavailable: Temporal is away.
        """
        run_options = cls._start_options(options)
        check_when_closed(run_options.if_exists)
        sent = checked_arguments(signal, args)
        run_id = await temporal.signal_with_start(
            _binding(cls).name, cls.check_input(input), run_options, signal=signal, args=sent
        )
        return Run(temporal, run_options.id, run_id, cls.output_type(), workflow=cls)

    @overload
    @classmethod
    async def update_with_start(
        cls,
        temporal: Door,
        input: InputT,
        update: UpdateMethodMultiParam[[Self], AnswerT],
        /,
        **options: Unpack[UpdateWithStartArguments],
    ) -> tuple[AnswerT, Run[Self, OutputT]]: ...
    @overload
    @classmethod
    async def update_with_start(
        cls,
        temporal: Door,
        input: InputT,
        update: UpdateMethodMultiParam[[Self, ArgT], AnswerT],
        arg: ArgT,
        /,
        **options: Unpack[UpdateWithStartArguments],
    ) -> tuple[AnswerT, Run[Self, OutputT]]: ...
    @classmethod
    async def update_with_start(
        cls,
        temporal: Door,
        input: InputT,
        update: UpdateMethodMultiParam[..., Any],
        /,
        *args: Any,
        **options: Unpack[UpdateWithStartArguments],
    ) -> tuple[Any, Run[Self, OutputT]]:
        """Send an update and wait for its answer; start the run first if there is none.

        Args:
            temporal: Where: a `TemporalService`.
            input: The input of the run, should it be started.
            update: The method: `Cart.add`.
            *args: Its argument.
            **options: `id`, `update_id`, and more as in `UpdateWithStartArguments`.

        Returns:
            The answer, and the run.

        Raises:
            InputInvalid: The input or the argument does not fit; nothing was sent.
            QueueMismatch: `queue` is not the one the workflow is bound to.
            MessageRefused: A validator refused it, it failed, or the run has ended and `if_exists`
                does not say `new`.
            NoWorker: No worker took it in time. The run is started all the same.
            Unavailable: Temporal is away.
        """
        update_id = options.pop("update_id", None) or str(uuid4())
        run_options = cls._start_options(options)
        check_when_closed(run_options.if_exists)
        sent = checked_arguments(update, args)
        answer, run_id = await temporal.update_with_start(
            _binding(cls).name,
            cls.check_input(input),
            run_options,
            update=update,
            update_id=update_id,
            args=sent,
            result_type=get_type_hints(update).get("return", Any),
        )
        return answer, Run(temporal, run_options.id, run_id, cls.output_type(), workflow=cls)

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
        continued = run_id is None
        return Run(temporal, id, run_id, cls.output_type(), continued=continued, workflow=cls)

    @classmethod
    def _start_options(cls, options: StartArguments | WithStartArguments) -> StartOptions:
        binding = _binding(cls)
        asked = options.get("queue", binding.queue)
        if binding.queue is not None and asked != binding.queue:
            raise QueueMismatch(
                f"Workflow `{binding.name}` is bound to the queue `{binding.queue}`, "
                f"not to `{asked}`.",
                hint="Leave `queue` out: no worker of another queue knows the workflow.",
            )
        return StartOptions(
            **{  # pyright: ignore[reportArgumentType] - the keys are those of `StartArguments`
                "queue": binding.queue,
                "summary": binding.summary,
                **cls.start_defaults,
                **options,
            }
        )

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


def _binding(cls: type) -> WorkflowBinding:
    binding = find_workflow_binding(cls)
    if binding is None:
        raise NotAWorkflow(
            f"Class `{cls.__name__}` is no workflow.",
            hint="Declare it with `@workflow_type(name=...)`.",
        )
    return binding
