"""Do one thing to many items: a few at once, an outcome for each, no item at another's cost.

Deterministic under replay: what is begun, and in which order outcomes come, depends only on the
order of events in the history.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, Literal, Self, TypeVar, overload

from pydantic import BaseModel
from temporalio import workflow

from everloom.core import Conflict, Invalid

from .bindings import find_activity_binding
from .calls import call
from .failures import FAILURES, Failure, describe_failure
from .policy import Policy
from .showing import Progress, show_progress

ItemT = TypeVar("ItemT")
OutputT = TypeVar("OutputT")
OwnerT = TypeVar("OwnerT")

OutcomeOrder = Literal["given", "finished"]
"""In which order outcomes come: as the items were given, or as they end."""


class ItemFailed(Conflict):
    """The result of an item was asked for, and the item had failed."""

    code = "item-failed"


class WindowInvalid(Invalid):
    """Fewer than one item at once can never get anything done."""

    code = "window-invalid"


class Outcome(BaseModel, Generic[ItemT, OutputT], frozen=True):
    """What became of one item."""

    index: int
    """Place of the item among those given, from 0."""

    item: ItemT

    result: OutputT | None = None
    """What the item resulted in; None when it failed."""

    error: Failure | None = None
    """Why it failed; None when it did not."""

    @property
    def has_failed(self) -> bool:
        """Whether there is no result."""
        return self.error is not None

    def get(self) -> OutputT:
        """The result.

        Raises:
            ItemFailed: There is none.
        """
        if self.error is not None:
            raise ItemFailed(
                f"Item {self.index} failed: {self.error.code}: {self.error.message}",
                hint="Look at `has_failed` first where items may fail.",
            )
        return self.result  # pyright: ignore[reportReturnType] - None only where OutputT says so


class EachProgress(Progress, frozen=True):
    """How far a fan-out has come; made to be returned from a query."""

    total: int
    running: int = 0
    done: int = 0
    failed: int = 0


class Each(Generic[ItemT, OutputT]):
    """The outcomes of a fan-out, to be read with `async for`, or all at once with `all()`.

    Items begin when the first outcome is asked for, and from then on whenever one ends. Outcomes
    wait in memory until they are read.
    """

    def __init__(
        self,
        items: Iterable[ItemT],
        begin: Callable[[ItemT], Awaitable[OutputT]],
        *,
        at_once: int,
        order: OutcomeOrder,
        stop_at_failure: bool,
    ) -> None:
        """Made by `each`."""
        self._items = list(items)
        self._begin = begin
        self._at_once = at_once
        self._order = order
        self._stop_at_failure = stop_at_failure
        self._begun = 0
        self._read = 0
        self._counts = {"done": 0, "failed": 0}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._finished: dict[int, Outcome[ItemT, OutputT]] = {}
        self._ended: deque[int] = deque()
        self._is_stopped = False
        self._bug: Exception | None = None

    @property
    def progress(self) -> EachProgress:
        """How far it has come. Also the run's `state`, unless the workflow sets its own."""
        return EachProgress(total=len(self._items), running=len(self._running), **self._counts)

    def stop(self) -> None:
        """Begin nothing more. What runs goes on, and its outcomes can still be read."""
        self._is_stopped = True

    async def cancel(self) -> None:
        """Begin nothing more, cancel what runs, and wait until it has ended.

        For a loop that is left early: without it, what runs goes on beside the rest of the workflow.
        """
        self.stop()
        running = list(self._running.values())
        for task in running:
            task.cancel()
        if running:
            await workflow.wait(running)
        for index in [index for index, task in self._running.items() if task.cancelled()]:
            # It was cancelled before its first step, so its own code has kept nothing.
            self._keep(self._failed(index, asyncio.CancelledError()))

    async def all(self) -> list[Outcome[ItemT, OutputT]]:
        """Every outcome that has not been read yet, as a list."""
        return [outcome async for outcome in self]

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[ItemT, OutputT]:
        self._fill()
        if self._is_over():
            raise StopAsyncIteration
        try:
            await workflow.wait_condition(self._can_go_on)
        except asyncio.CancelledError:
            await self.cancel()
            raise
        if self._bug is not None:
            raise self._bug
        index = self._read if self._order == "given" else self._ended.popleft()
        self._read += 1
        return self._finished.pop(index)

    def _is_over(self) -> bool:
        return self._read == self._begun and self._bug is None

    def _can_go_on(self) -> bool:
        if self._bug is not None:
            return True
        return self._read in self._finished if self._order == "given" else bool(self._ended)

    def _fill(self) -> None:
        """Begin items until the window is full. Called from tasks too: the window slides on its own."""
        while (
            not self._is_stopped
            and self._begun < len(self._items)
            and len(self._running) < self._at_once
        ):
            index, self._begun = self._begun, self._begun + 1
            self._running[index] = asyncio.create_task(self._run(index))
        show_progress(self.progress)

    async def _run(self, index: int) -> None:
        item = self._items[index]
        try:
            result = await self._begin(item)
            outcome = Outcome[ItemT, OutputT].model_construct(index=index, item=item, result=result)
        except FAILURES as error:
            outcome = self._failed(index, error)
        except asyncio.CancelledError as error:
            self.stop()
            self._keep(self._failed(index, error))
            raise
        except workflow.ContinueAsNewError:
            # In a task of its own it would reach nobody, and the item would never end.
            self._bug = RuntimeError("Continued as new inside `each`: only `run` itself can.")
            return
        except Exception as error:  # noqa: BLE001 - a bug: raised where the outcome is read
            self._bug = error
            return
        self._keep(outcome)

    def _failed(self, index: int, error: BaseException) -> Outcome[ItemT, OutputT]:
        return Outcome[ItemT, OutputT].model_construct(
            index=index, item=self._items[index], error=describe_failure(error)
        )

    def _keep(self, outcome: Outcome[ItemT, OutputT]) -> None:
        del self._running[outcome.index]
        self._finished[outcome.index] = outcome
        self._ended.append(outcome.index)
        self._counts["failed" if outcome.has_failed else "done"] += 1
        if outcome.has_failed and self._stop_at_failure:
            self._is_stopped = True
        self._fill()


@overload
def each(
    items: Iterable[ItemT],
    handle: Callable[[ItemT], Awaitable[OutputT]],
    *,
    at_once: int = ...,
    order: OutcomeOrder = ...,
    stop_at_failure: bool = ...,
    policy: Policy | None = ...,
    local: bool = ...,
) -> Each[ItemT, OutputT]: ...
@overload
def each(
    items: Iterable[ItemT],
    handle: Callable[[OwnerT, ItemT], Awaitable[OutputT]],
    *,
    at_once: int = ...,
    order: OutcomeOrder = ...,
    stop_at_failure: bool = ...,
    policy: Policy | None = ...,
    local: bool = ...,
) -> Each[ItemT, OutputT]: ...
@overload
def each(
    items: Iterable[ItemT],
    handle: Callable[[ItemT], OutputT],
    *,
    at_once: int = ...,
    order: OutcomeOrder = ...,
    stop_at_failure: bool = ...,
    policy: Policy | None = ...,
    local: bool = ...,
) -> Each[ItemT, OutputT]: ...
@overload
def each(
    items: Iterable[ItemT],
    handle: Callable[[OwnerT, ItemT], OutputT],
    *,
    at_once: int = ...,
    order: OutcomeOrder = ...,
    stop_at_failure: bool = ...,
    policy: Policy | None = ...,
    local: bool = ...,
) -> Each[ItemT, OutputT]: ...
def each(
    items: Iterable[Any],
    handle: Callable[..., Any],
    *,
    at_once: int = 20,
    order: OutcomeOrder = "given",
    stop_at_failure: bool = False,
    policy: Policy | None = None,
    local: bool = False,
) -> Each[Any, Any]:
    """Do one thing to each item, `at_once` at a time, and give an outcome for each.

    ```python
    async for outcome in each(products, describe, at_once=20, policy=MODEL):
        if outcome.error:
            self.refused.append(outcome.item.id)
    ```

    An item that fails takes no other with it. A bug in `handle` (any exception that is no failure)
    suspends the run until the code is mended. Cancelling the run cancels what runs.

    One run can hold some thousands of items, since each call stands in its history: with more,
    read them page by page with `pages`.

    Args:
        items: What is to be done; read to its end at once.
        handle: An activity, or a coroutine function of workflow code: several calls, a child
            workflow.
        at_once: How many items are under way at any moment.
        order: Whether outcomes come in the order of the items, or as they end.
        stop_at_failure: Begin nothing more after the first failure. What is under way goes on, and
            has its outcome; items that were not begun have none.
        policy: Limits and retries, for an activity.
        local: Run the activity in this worker, within the workflow task.

    Raises:
        WindowInvalid: `at_once` is less than 1.
    """
    if at_once < 1:
        raise WindowInvalid(
            f"`at_once` is {at_once}.", hint="Say how many items may be under way: at least 1."
        )

    def begin(item: Any) -> Awaitable[Any]:
        if find_activity_binding(handle) is None:
            return handle(item)
        return call(handle, item, policy=policy or Policy(), local=local)

    return Each(items, begin, at_once=at_once, order=order, stop_at_failure=stop_at_failure)
