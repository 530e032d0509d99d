"""A workflow class is the address of its runs: it starts them, sends messages, and finds them again."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Generic, Self, TypeVar, Unpack, get_type_hints, overload
from uuid import uuid4

from temporalio.workflow import UpdateMethodMultiParam

from everloom.core import Invalid

from .bindings import WorkflowBinding, find_workflow_binding
from .checking import check_input
from .door import Door, StartArguments, StartOptions
from .messages import check_kind
from .runs import Run, checked_arguments
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


class NotAWorkflow(Invalid):
    """A class was used as a workflow that was never declared as one."""

    code = "not-a-workflow"


class QueueMismatch(Invalid):
    """A workflow was started on another queue than the one it is bound to."""

    code = "queue-mismatch"


class Addressed(Generic[InputT, OutputT]):
    """What a workflow class offers to those outside of its runs."""

    start_defaults: ClassVar[StartArguments] = {}
    """What holds for each start of this class that does not say otherwise."""

    async def run(self, input: InputT) -> OutputT:
        """The workflow itself. Subclasses define it."""
        raise NotImplementedError

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
        check_kind("signal", signal)
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
        check_kind("update", update)
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


def _binding(cls: type) -> WorkflowBinding:
    binding = find_workflow_binding(cls)
    if binding is None:
        raise NotAWorkflow(
            f"Class `{cls.__name__}` is no workflow.",
            hint="Declare it with `@workflow_type(name=...)`.",
        )
    return binding
