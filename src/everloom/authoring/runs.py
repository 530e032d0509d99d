"""A typed hold on one run: result, signals, queries, updates, cancellation."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, get_type_hints, overload

from temporalio.workflow import UpdateMethodMultiParam

from .checking import InputInvalid, check_input
from .door import Door

WorkflowT = TypeVar("WorkflowT")
OutputT = TypeVar("OutputT")
ArgT = TypeVar("ArgT")
AnswerT = TypeVar("AnswerT")


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
    ) -> None:
        """Name the run; nothing is asked yet.

        Args:
            temporal: Where it is.
            id: Workflow id.
            run_id: Run id; None means the latest run of the id.
            output_type: What its result is read as.
            continued: Messages go to the latest run of the id, which may continue this one.
        """
        self.id = id
        """Workflow id."""
        self.run_id = run_id
        """Run id; None means the latest run of the id."""
        self._temporal = temporal
        self._output_type = output_type
        self._talks_to = None if continued else run_id

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
    async def signal(self, signal: Callable[..., Any], /, *args: Any) -> None:
        """Send a signal: `run.signal(Import.pause)` or `run.signal(Import.add, item)`.

        Raises:
            InputInvalid: The argument does not fit; nothing was sent.
        """
        await self._temporal.signal_workflow(
            self.id, self._talks_to, signal, _checked(signal, args)
        )

    @overload
    async def query(self, query: Callable[[WorkflowT], AnswerT], /) -> AnswerT: ...
    @overload
    async def query(self, query: Callable[[WorkflowT, ArgT], AnswerT], arg: ArgT, /) -> AnswerT: ...
    async def query(self, query: Callable[..., Any], /, *args: Any) -> Any:
        """Ask the run something: `await run.query(Import.progress)`.

        Raises:
            InputInvalid: The argument does not fit; nothing was sent.
        """
        answer = get_type_hints(query).get("return", Any)
        return await self._temporal.query_workflow(
            self.id, self._talks_to, query, args=_checked(query, args), result_type=answer
        )

    @overload
    async def update(self, update: UpdateMethodMultiParam[[WorkflowT], AnswerT], /) -> AnswerT: ...
    @overload
    async def update(
        self, update: UpdateMethodMultiParam[[WorkflowT, ArgT], AnswerT], arg: ArgT, /
    ) -> AnswerT: ...
    async def update(self, update: UpdateMethodMultiParam[..., Any], /, *args: Any) -> Any:
        """Send an update and wait for its result.

        Raises:
            InputInvalid: The argument does not fit; nothing was sent.
        """
        answer = get_type_hints(update).get("return", Any)
        return await self._temporal.update_workflow(
            self.id, self._talks_to, update, args=_checked(update, args), result_type=answer
        )

    async def cancel(self, reason: str = "") -> None:
        """Ask the run to stop in an orderly way; it may clean up first."""
        await self._temporal.cancel_workflow(self.id, self._talks_to, reason)

    async def terminate(self, reason: str = "") -> None:
        """End the run at once; its code gets no chance to clean up."""
        await self._temporal.terminate_workflow(self.id, self._talks_to, reason)


def _checked(message: Callable[..., Any], args: tuple[object, ...]) -> list[object]:
    """Arguments of a signal, query or update, checked against the method's annotations."""
    signature, hints = inspect.signature(message), get_type_hints(message)
    try:
        signature.bind(None, *args)
    except TypeError as error:
        raise InputInvalid(
            f"The arguments of `{message.__name__}` do not fit: {error}.", hint="Nothing was sent."
        ) from None
    return [
        check_input(f"`{message.__name__}`", hints.get(name, Any), arg)
        for name, arg in zip(list(signature.parameters)[1:], args, strict=False)
    ]
