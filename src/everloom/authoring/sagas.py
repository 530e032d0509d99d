"""Undo what was done when a later step fails: steps with typed compensations.

Workflow code like any other, so a crash in the middle loses nothing: replay brings a saga back to
where it was, in the midst of undoing too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import iscoroutine
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

from pydantic import BaseModel
from temporalio import workflow

from everloom.core import Conflict, EverloomError, Problem

from .bindings import find_activity_binding
from .calls import NotAnActivity, call
from .failures import FAILURES, Failure, describe_failure, is_failure, is_outcome_unknown
from .policy import Policy
from .showing import Progress, show_progress

OutputT = TypeVar("OutputT")
UndoT = TypeVar("UndoT")
OwnerT = TypeVar("OwnerT")

UndoWhen = Literal["done", "unknown", "begun"]
"""After which outcome of its step a compensation has to run.

`done`: only when the step succeeded. `unknown`: also when nobody can tell, because it timed out or
was cancelled under way. `begun`: also when it failed for certain, for steps that leave half of their
work behind, or whose earlier attempts may have timed out before the last one failed.
"""

Phase = Literal["ready", "working", "done", "undoing", "undone", "failed"]
State = Literal["begun", "ready", "dropped", "undoing", "undone", "failed"]


class NotUndone(BaseModel, frozen=True):
    """A compensation that failed for good."""

    name: str
    error: Failure


class SagaProgress(Progress, frozen=True):
    """How far a saga has come; made to be returned from a query."""

    phase: Phase = "ready"
    """`failed` means: undone as far as possible, and `not_undone` needs a person."""

    error: Failure | None = None
    """The first error: why it is being undone."""

    to_undo: tuple[str, ...] = ()
    """Compensations that would run, or have yet to run, in the order of their steps."""

    undoing: tuple[str, ...] = ()
    """Compensations that run now."""

    undone: tuple[str, ...] = ()
    """Compensations that have run."""

    not_undone: tuple[NotUndone, ...] = ()
    """Compensations that failed for good."""


class SagaFailed(Conflict):
    """A saga failed, and not all of what it had done could be undone.

    The first error is the cause (`__cause__`); each problem is one compensation.
    """

    code = "saga-failed"

    def __init__(self, progress: SagaProgress) -> None:
        first = progress.error
        undone = ", ".join(f"`{name}`" for name in progress.undone) or "nothing"
        super().__init__(
            f"It failed ({first.code}: {first.message}) and "
            f"{len(progress.not_undone)} compensation(s) failed too; undone: {undone}."
            if first
            else "It failed.",
            hint="What was not undone has to be put right by hand.",
            problems=[
                Problem(
                    "not-undone", f"`{each.name}` failed: {each.error.code}: {each.error.message}"
                )
                for each in progress.not_undone
            ],
        )
        self.progress = progress
        """What was undone, and what was not."""


class SagaClosed(Conflict):
    """A step was begun in a saga that is not open: not yet entered, over, or being undone."""

    code = "saga-closed"


@dataclass
class _Compensation:
    name: str
    undo: Callable[[], Awaitable[object]] | None = None
    state: State = "begun"
    error: Failure | None = None


class Saga:
    """Steps that are undone when the block around them fails.

    ```python
    async with Saga(policy=STUBBORN) as saga:
        paid = await saga.step(call(charge, order), undo=refund, undo_with=lambda paid: paid.id)
        await saga.step(call(reserve, order), undo=release, undo_input=order)
        await call(tell_customer, order)
    ```

    When the block ends by a failure or the run's cancellation, the compensations of the steps so far
    run, each tried again on its policy; one that fails for good does not keep the others from
    running. Cancelling the run does not interrupt them. Then the first error goes on, as it was; or
    `SagaFailed` from it, when something was not undone. A bug (any exception that is no failure)
    undoes nothing: it suspends the run until the code is mended.

    Compensations must be safe to run twice, and to run when there is nothing to undo.
    """

    def __init__(self, *, policy: Policy | None = None, together: bool = False) -> None:
        """Nothing happens yet, so it may be made in the workflow's `__init__`, for its queries.

        Args:
            policy: Limits and retries of compensations that have no policy of their own.
            together: Run all compensations at once, not one after the other in reverse.
        """
        self._policy = policy or Policy()
        self._together = together
        self._phase: Phase = "ready"
        self._error: Failure | None = None
        self._compensations: list[_Compensation] = []

    @property
    def progress(self) -> SagaProgress:
        """How far it has come. Also shown as the run's `state`, unless the workflow sets its own."""
        listed = self._compensations
        return SagaProgress(
            phase=self._phase,
            error=self._error,
            to_undo=tuple(each.name for each in listed if each.state == "ready"),
            undoing=tuple(each.name for each in listed if each.state == "undoing"),
            undone=tuple(each.name for each in listed if each.state == "undone"),
            not_undone=tuple(
                NotUndone(name=each.name, error=each.error) for each in listed if each.error
            ),
        )

    @overload
    async def step(
        self,
        doing: Awaitable[OutputT],
        *,
        undo: Callable[[UndoT], object],
        undo_with: Callable[[OutputT], UndoT],
        undo_policy: Policy | None = ...,
    ) -> OutputT: ...
    @overload
    async def step(
        self,
        doing: Awaitable[OutputT],
        *,
        undo: Callable[[OwnerT, UndoT], object],
        undo_with: Callable[[OutputT], UndoT],
        undo_policy: Policy | None = ...,
    ) -> OutputT: ...
    @overload
    async def step(
        self,
        doing: Awaitable[OutputT],
        *,
        undo: Callable[[UndoT], object],
        undo_input: UndoT,
        undo_when: UndoWhen = ...,
        undo_policy: Policy | None = ...,
    ) -> OutputT: ...
    @overload
    async def step(
        self,
        doing: Awaitable[OutputT],
        *,
        undo: Callable[[OwnerT, UndoT], object],
        undo_input: UndoT,
        undo_when: UndoWhen = ...,
        undo_policy: Policy | None = ...,
    ) -> OutputT: ...
    async def step(
        self,
        doing: Awaitable[Any],
        *,
        undo: Callable[..., object],
        undo_with: Callable[[Any], Any] | None = None,
        undo_input: Any = None,
        undo_when: UndoWhen = "unknown",
        undo_policy: Policy | None = None,
    ) -> Any:
        """Do something that can be undone, and return its result.

        The compensation stands in the saga after the step, with an input made from its result
        (`undo_with`), or before it, with an input known beforehand (`undo_input`). Only the second
        can undo a step whose outcome nobody knows, for there is no result to make an input from.

        Args:
            doing: The step: `call(...)`, a child workflow, any coroutine of workflow code.
            undo: The activity that undoes it.
            undo_with: Makes the input of `undo` from the step's result.
            undo_input: The input of `undo`.
            undo_when: With `undo_input`: after which outcome of the step `undo` has to run.
            undo_policy: Limits and retries of `undo`; what it leaves open is as the saga's policy
                says.

        Raises:
            SagaClosed: The saga is not open.
            NotAnActivity: `undo` was never declared as an activity; the step was not begun.
            InputInvalid: The input does not fit `undo`. With `undo_input` the step was not begun;
                with `undo_with` it is done and is reported as not undone.
        """
        try:
            name, run = self._prepare(undo, undo_policy)
            checked = run(undo_input) if undo_with is None else None
        except EverloomError:
            if iscoroutine(doing):
                doing.close()
            raise
        compensation = self._register(_Compensation(name, checked))
        try:
            result = await doing
        except BaseException as error:
            needed = checked is not None and _is_needed(undo_when, error)
            self._settle(compensation, "ready" if needed else "dropped")
            raise
        if undo_with is not None:
            self._fill(compensation, run, lambda: undo_with(result))
        self._settle(compensation, "ready")
        return result

    def add(self, name: str, undo: Callable[[], Awaitable[object]]) -> None:
        """Add a compensation that is not one activity: a child workflow, several calls.

        Args:
            name: How reports call it.
            undo: Workflow code. Calls in it have the policies they name themselves.

        Raises:
            SagaClosed: The saga is not open.
        """
        self._refuse_when_closed()
        self._settle(self._register(_Compensation(name, undo)), "ready")

    async def __aenter__(self) -> Self:
        if self._phase != "ready":
            raise SagaClosed("A saga was entered twice.", hint="Make a `Saga` for each block.")
        self._phase = "working"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._phase = "done"
            show_progress(self.progress)
            return
        if isinstance(error, workflow.ContinueAsNewError) and self.progress.to_undo:
            # Not one of our errors: those would fail the run, and this is a bug to be mended.
            raise RuntimeError("Continued as new inside a saga: what it could undo would be lost.")
        if not is_failure(error):
            return
        self._error, self._phase = describe_failure(error), "undoing"
        # Raises when the worker is letting go of the run, so that no task is begun then.
        show_progress(self.progress)
        await _shielded(self._undo())
        self._phase = "failed" if self.progress.not_undone else "undone"
        show_progress(self.progress)
        if self._phase == "failed":
            raise SagaFailed(self.progress) from error

    async def _undo(self) -> None:
        # A step that runs beside the one that failed may yet succeed, and must then be undone.
        if not self._all_settled():
            await workflow.wait_condition(self._all_settled)
        ready = [each for each in reversed(self._compensations) if each.state == "ready"]
        if self._together:
            await asyncio.gather(*(self._undo_one(each) for each in ready))
            return
        for each in ready:
            await self._undo_one(each)

    async def _undo_one(self, compensation: _Compensation) -> None:
        self._settle(compensation, "undoing")
        try:
            if compensation.undo is not None:
                await compensation.undo()
        except FAILURES as error:
            compensation.error = describe_failure(error)
            self._settle(compensation, "failed")
        else:
            self._settle(compensation, "undone")

    def _prepare(
        self, undo: Callable[..., object], policy: Policy | None
    ) -> tuple[str, Callable[[object], Callable[[], Awaitable[object]]]]:
        """The name of a compensation, and what makes it runnable from its input."""
        self._refuse_when_closed()
        binding = find_activity_binding(undo)
        if binding is None:
            name = getattr(undo, "__qualname__", repr(undo))
            raise NotAnActivity(
                f"`{name}` is no activity, and cannot undo a step.",
                hint="Declare it with `@activity_type(name=...)`, or use `saga.add`.",
            )
        limits = (policy or Policy()).over(self._policy)

        def with_input(value: object) -> Callable[[], Awaitable[object]]:
            checked = value if value is None else binding.check(value)
            # Typed by the overloads of `step`; here it is any activity.
            activity: Callable[[object], Awaitable[object]] = undo  # pyright: ignore[reportAssignmentType]
            return lambda: call(
                activity, checked, policy=limits, summary=f"Undo: {binding.summary}"
            )

        return binding.name, with_input

    def _fill(
        self,
        compensation: _Compensation,
        run: Callable[[object], Callable[[], Awaitable[object]]],
        make_input: Callable[[], object],
    ) -> None:
        try:
            compensation.undo = run(make_input())
        except EverloomError as error:
            compensation.error = describe_failure(error)
            self._settle(compensation, "failed")
            raise

    def _register(self, compensation: _Compensation) -> _Compensation:
        self._compensations.append(compensation)
        return compensation

    def _settle(self, compensation: _Compensation, state: State) -> None:
        compensation.state = state
        show_progress(self.progress)

    def _all_settled(self) -> bool:
        return all(each.state != "begun" for each in self._compensations)

    def _refuse_when_closed(self) -> None:
        if self._phase != "working":
            raise SagaClosed(
                f"A step was begun in a saga whose phase is `{self._phase}`.",
                hint="Begin and await every step inside `async with Saga(...)`.",
            )


def _is_needed(when: UndoWhen, error: BaseException) -> bool:
    return when == "begun" or (when == "unknown" and is_outcome_unknown(error))


async def _shielded(work: Awaitable[None]) -> None:
    """Wait for the end of `work`, however often the run is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():  # the worker lets go of the run; it goes on elsewhere
                raise
    task.result()
