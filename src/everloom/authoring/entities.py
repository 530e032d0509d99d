"""Long-lived workflows with a state: one for each customer, device or account.

Messages change the state one at a time, in the order in which they came; the history is begun anew
before it grows too long, and nothing that waits is lost over it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar, get_args, get_origin, overload

from temporalio import workflow
from temporalio.workflow import UpdateMethodMultiParam
from typing_extensions import override

from everloom.core import Conflict, Invalid

from .backlog import Backlog, give_backlog
from .door import Door, StartArguments
from .runs import Run
from .tracking import doings_of, show
from .workflows import Workflow

StateT = TypeVar("StateT")
ArgT = TypeVar("ArgT")
AnswerT = TypeVar("AnswerT")

_STATE = "_everloom_state"
_ENDING = "_everloom_is_ending"
_FOR_EVER = timedelta(0)


class EntityInvalid(Invalid):
    """An entity class is declared so that it would forget something."""

    code = "entity-invalid"


class EntityEnded(Conflict):
    """An entity ended before the turn of this update came."""

    code = "entity-ended"


class Entity(Workflow[StateT, StateT]):
    """Base of entities. A subclass defines signals, updates and queries, and no `run`.

    ```python
    @workflow_type(name="shop.customer")
    class Customer(Entity[Points]):
        @workflow.update
        async def earn(self, points: int) -> int:
            self.state.total += points
            return self.state.total
    ```

    Signals and updates wait for each other: each has the state for itself until it returns, over
    calls of activities too. Queries and validators look at the state as it is at that moment.

    A failure in a handler (an `EverloomError`, an activity that failed for good) is the answer to an
    update, and for a signal a line in the log; the entity lives on. What the handler had changed in
    the state before stays changed.

    An entity has no time limits unless it is started with some.
    """

    start_defaults: ClassVar[StartArguments] = {
        "execution_timeout": _FOR_EVER,
        "run_timeout": _FOR_EVER,
    }

    idle: ClassVar[timedelta | None] = None
    """End after so long without a message. None: only `end` ends it."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if {"run", "__init__"} & set(vars(cls)):
            raise EntityInvalid(
                f"Entity `{cls.__name__}` defines `run` or `__init__`.",
                hint="Keep what it remembers in its state, and begin in `on_start`.",
            )
        state_type = _state_type(cls)
        if state_type is not None:
            _give_run(cls, state_type)

    @property
    @override
    def state(self) -> StateT:
        """What the entity is now. Change it, or put another in its place."""
        return vars(self)[_STATE]

    @state.setter
    def state(self, value: StateT) -> None:
        vars(self)[_STATE] = value

    async def on_start(self) -> None:
        """Called before the first message, once in the entity's life: not when it continues."""

    async def on_end(self) -> None:
        """Called before the end, for example to store the state.

        Called again at the next end, if a message comes meanwhile: the entity lives on then. Not
        called when it is cancelled.
        """

    def end(self) -> None:
        """End when what waits is handled. The state becomes the result."""
        vars(self)[_ENDING] = True

    @overload
    @classmethod
    async def ask(
        cls,
        temporal: Door,
        id: str,
        update: UpdateMethodMultiParam[[Self], AnswerT],
        /,
        *,
        initial: StateT,
        update_id: str = ...,
    ) -> AnswerT: ...
    @overload
    @classmethod
    async def ask(
        cls,
        temporal: Door,
        id: str,
        update: UpdateMethodMultiParam[[Self, ArgT], AnswerT],
        arg: ArgT,
        /,
        *,
        initial: StateT,
        update_id: str = ...,
    ) -> AnswerT: ...
    @classmethod
    async def ask(
        cls,
        temporal: Door,
        id: str,
        update: UpdateMethodMultiParam[..., Any],
        /,
        *args: Any,
        initial: StateT,
        update_id: str = "",
    ) -> Any:
        """Send an update to the entity of an id, and return its answer; the entity may be new.

        `update_with_start` with `if_exists="new"`, which also takes options and gives the run.

        Args:
            temporal: Where: a `TemporalService`.
            id: Workflow id, such as `customer/42`.
            update: The method.
            *args: Its argument.
            initial: The state that it begins with, if there is none or it has ended.
            update_id: Who asks twice with one id gets the same answer twice.

        Raises:
            InputInvalid: The state or the argument does not fit; nothing was sent.
            MessageRefused: A validator refused it, or it failed.
            NoWorker: No worker took it in time.
            Unavailable: Temporal is away.
        """
        answer, _ = await cls.update_with_start(
            temporal, initial, update, *args, id=id, if_exists="new", update_id=update_id
        )
        return answer

    @overload
    @classmethod
    async def tell(
        cls,
        temporal: Door,
        id: str,
        signal: Callable[[Self], Awaitable[None] | None],
        /,
        *,
        initial: StateT,
    ) -> Run[Self, StateT]: ...
    @overload
    @classmethod
    async def tell(
        cls,
        temporal: Door,
        id: str,
        signal: Callable[[Self, ArgT], Awaitable[None] | None],
        arg: ArgT,
        /,
        *,
        initial: StateT,
    ) -> Run[Self, StateT]: ...
    @classmethod
    async def tell(
        cls, temporal: Door, id: str, signal: Callable[..., Any], /, *args: Any, initial: StateT
    ) -> Run[Self, StateT]:
        """Send a signal to the entity of an id, without waiting for a worker; it may be new.

        `signal_with_start` with `if_exists="new"`.

        Raises:
            InputInvalid: The state or the argument does not fit; nothing was sent.
            Unavailable: Temporal is away.
        """
        return await cls.signal_with_start(temporal, initial, signal, *args, id=id, if_exists="new")


class _Life:
    """The loop of one run of an entity."""

    def __init__(self, entity: Entity[Any], backlog: Backlog) -> None:
        self._entity = entity
        self._backlog = backlog
        self._last_message = workflow.now()

    async def live(self) -> None:
        """Handle messages until the end, or until the run continues as new."""
        if workflow.info().continued_run_id is None:
            await self._entity.on_start()
        if self._entity.idle is not None:
            self._ticking = asyncio.create_task(self._tick(self._entity.idle))
        while not await self._has_ended():
            self._show()
            await workflow.wait_condition(lambda: self._can_act() or self._may_end())
            while self._backlog and not self._has_to_continue():
                await self._backlog.handle_next(self._entity, is_full=self._is_full())
                self._entity.stop_if_cancelled()
                self._last_message = workflow.now()
            if self._has_to_continue():
                await self._entity.continue_as_new(lambda: self._entity.state)

    def _can_act(self) -> bool:
        return bool(self._backlog) or self._has_to_continue()

    def _is_full(self) -> bool:
        # One message at least, or a bound that is too low would continue for ever.
        return self._backlog.handled > 0 and self._entity.should_continue

    def _has_to_continue(self) -> bool:
        # Whoever waits for an answer has been promised it by this run; signals go with it.
        return self._is_full() and not self._backlog.has_callers

    def _may_end(self) -> bool:
        idle = self._entity.idle
        is_idle = idle is not None and workflow.now() - self._last_message >= idle
        return is_idle or vars(self._entity).get(_ENDING, False)

    async def _has_ended(self) -> bool:
        """Whether nothing is left to do, also after `on_end` and the last answers."""
        if self._backlog or not self._may_end():
            return False
        await self._entity.on_end()
        await workflow.wait_condition(
            lambda: bool(self._backlog) or workflow.all_handlers_finished()
        )
        return not self._backlog

    async def _tick(self, idle: timedelta) -> None:
        """Wake the loop whenever the entity may have been idle for long enough.

        One timer for many messages: one for each would double the history.
        """
        while True:
            left = self._last_message + idle - workflow.now()
            await workflow.sleep(left if left > timedelta(0) else idle, summary="idle")

    def _show(self) -> None:
        doings = doings_of(self._entity)
        doings.state = self._entity.state
        show(doings)


async def _live(entity: Entity[Any]) -> Any:
    backlog = give_backlog(entity)
    try:
        await _Life(entity, backlog).live()
    except asyncio.CancelledError:
        backlog.close(EntityEnded("The entity was cancelled.", hint="Look at how it ended."))
        await workflow.wait_condition(workflow.all_handlers_finished)
        raise
    return entity.state


def _give_run(cls: type[Entity[Any]], state_type: Any) -> None:
    """A `run` and an `__init__` that name the state's type: the SDK reads inputs by it.

    The state is there from the beginning, because a message may come before `run` does.
    """

    async def run(self: Entity[Any], input: Any) -> Any:  # noqa: ARG001 - `__init__` has taken it
        return await _live(self)

    def __init__(self: Entity[Any], input: Any) -> None:  # noqa: N807 - it becomes one
        self.state = input
        give_backlog(self)

    run.__annotations__ = {"input": state_type, "return": state_type}
    __init__.__annotations__ = {"input": state_type, "return": None}
    for function in (run, workflow.init(__init__)):
        function.__module__ = cls.__module__
        function.__qualname__ = f"{cls.__qualname__}.{function.__name__}"
        setattr(cls, function.__name__, function)


def _state_type(cls: type) -> Any:
    """What a class says its state is; None while it is open."""
    for each in cls.__mro__:
        for base in vars(each).get("__orig_bases__", ()):
            if get_origin(base) is Entity and not isinstance(get_args(base)[0], TypeVar):
                return get_args(base)[0]
    return None
