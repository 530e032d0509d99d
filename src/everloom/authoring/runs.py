"""A typed hold on one run: result, signals, queries, updates, cancellation."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, get_type_hints, overload

from temporalio.workflow import UpdateMethodMultiParam

from .checking import check_input
from .door import Door, Message
from .messages import MessageKind, check_arguments, check_kind, find_message

WorkflowT = TypeVar("WorkflowT")
OutputT = TypeVar("OutputT")
ArgT = TypeVar("ArgT")
AnswerT = TypeVar("AnswerT")

_NOT_SENT = "Nothing was sent."


class Run(Generic[WorkflowT, OutputT]):
    """One run of a workflow of class `WorkflowT`, which results in `OutputT`."""

    def __init__(
        self,
        temporal: Door,
        id: str,
        run_id: str | None,
        output_type: Any,
        *,
        continued: bool = True,
        workflow: type | None = None,
    ) -> None:
        """Name the run; nothing is asked yet.

        Args:
            temporal: Where it is.
            id: Workflow id.
            run_id: Run id; None means the latest run of the id.
            output_type: What its result is read as.
            continued: Messages go to the latest run of the id, which may continue this one.
            workflow: Its class, which knows the names of its messages.
        """
        self.id = id
        """Workflow id."""
        self.run_id = run_id
        """Run id; None means the latest run of the id."""
        self._temporal = temporal
        self._output_type = output_type
        self._talks_to = None if continued else run_id
        self._workflow = workflow

    async def result(self) -> OutputT:
        """Wait for the end, over continuations, and return the result.

        Raises:
            RunFailed: It failed, was cancelled, was terminated or ran out of time.
            NotFound: There is no such run.
            Unavailable: Temporal is away.
        """
        return await self._temporal.workflow_result(self.id, self.run_id, self._output_type)

    @overload
    async def signal(self, signal: Callable[[WorkflowT], Awaitable[None] | None], /) -> None: ...
    @overload
    async def signal(
        self, signal: Callable[[WorkflowT, ArgT], Awaitable[None] | None], arg: ArgT, /
    ) -> None: ...
    @overload
    async def signal(self, signal: str, /, *args: object) -> None: ...
    async def signal(self, signal: Message, /, *args: Any) -> None:
        """Send a signal: `run.signal(Import.pause)` or `run.signal(Import.add, item)`.

        By its wire name too, for whoever has only that; the class knows what fits.

        Raises:
            SignalUnknown: The workflow waits for no signal of that name.
            InputInvalid: The argument does not fit; nothing was sent.
            MessageRefused: The run has ended.
        """
        method = self._method("signal", signal)
        await self._temporal.signal_workflow(
            self.id, self._talks_to, signal, checked_arguments(method, args)
        )

    @overload
    async def query(self, query: Callable[[WorkflowT], AnswerT], /) -> AnswerT: ...
    @overload
    async def query(self, query: Callable[[WorkflowT, ArgT], AnswerT], arg: ArgT, /) -> AnswerT: ...
    @overload
    async def query(self, query: str, /, *args: object) -> Any: ...
    async def query(self, query: Message, /, *args: Any) -> Any:
        """Ask the run something: `await run.query(Import.progress)`. By its wire name too.

        Raises:
            QueryUnknown: The workflow answers no query of that name.
            InputInvalid: The argument does not fit; nothing was sent.
            MessageRefused: It failed to answer.
            NoWorker: No worker answered in time.
        """
        method = self._method("query", query)
        return await self._temporal.query_workflow(
            self.id,
            self._talks_to,
            query,
            args=checked_arguments(method, args),
            result_type=_answer_type(method),
        )

    @overload
    async def update(self, update: UpdateMethodMultiParam[[WorkflowT], AnswerT], /) -> AnswerT: ...
    @overload
    async def update(
        self, update: UpdateMethodMultiParam[[WorkflowT, ArgT], AnswerT], arg: ArgT, /
    ) -> AnswerT: ...
    @overload
    async def update(self, update: str, /, *args: object) -> Any: ...
    async def update(self, update: Message, /, *args: Any) -> Any:
        """Send an update and wait for its result, however long it takes. By its wire name too.

        Raises:
            UpdateUnknown: The workflow takes no update of that name.
            InputInvalid: The argument does not fit; nothing was sent.
            MessageRefused: A validator refused it, it failed, or the run has ended.
        """
        method = self._method("update", update)
        return await self._temporal.update_workflow(
            self.id,
            self._talks_to,
            update,
            args=checked_arguments(method, args),
            result_type=_answer_type(method),
        )

    async def cancel(self, reason: str = "") -> None:
        """Ask the run to stop in an orderly way; it may clean up first."""
        await self._temporal.cancel_workflow(self.id, self._talks_to, reason)

    async def terminate(self, reason: str = "") -> None:
        """End the run at once; its code gets no chance to clean up."""
        await self._temporal.terminate_workflow(self.id, self._talks_to, reason)

    def _method(self, kind: MessageKind, message: Message) -> Callable[..., Any] | None:
        """The method of a message; None when only its name is known."""
        if not isinstance(message, str):
            check_kind(kind, message)
            return message
        return None if self._workflow is None else find_message(self._workflow, kind, message)


def checked_arguments(message: Callable[..., Any] | None, args: tuple[Any, ...]) -> list[Any]:
    """Arguments of a signal, query or update, checked against the method's annotations.

    Raises:
        InputInvalid: They do not fit.
    """
    if message is None:
        return list(args)
    check_arguments(message, args, hint=_NOT_SENT)
    signature, hints = inspect.signature(message), get_type_hints(message)
    return [
        check_input(f"`{message.__name__}`", hints.get(name, Any), arg, hint=_NOT_SENT)
        for name, arg in zip(list(signature.parameters)[1:], args, strict=False)
    ]


def _answer_type(message: Callable[..., Any] | None) -> Any:
    return None if message is None else get_type_hints(message).get("return", Any)
