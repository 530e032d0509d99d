"""Begin a new history with a new input, and keep the messages that wait for their turn.

What waits travels as a second argument of the run, in plain JSON. It is there only when something
waits, so a history without it is one that the plain SDK would have made.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, NoReturn, TypeVar

from temporalio import workflow

from everloom.core import Invalid

from .backlog import backlog_of
from .checking import read_json, to_plain
from .messages import messages_of

MessageT = TypeVar("MessageT")

MAIN_TASK = "_everloom_main_task"
_CARRIED = "everloom.carried"
_BACKLOG = ""
"""The key of an entity's backlog: no attribute has this name."""


class ContinueMisplaced(Invalid):
    """A handler or a background task cannot continue the run as new: `run` has to."""

    code = "continue-misplaced"


class Inbox(Generic[MessageT]):
    """Messages that `run` works off, one after the other.

    ```python
    def __init__(self) -> None:
        self._orders = Inbox(Order)

    @workflow.signal
    def order(self, order: Order) -> None:
        self._orders.put(order)

    async def run(self, input: Shop) -> None:
        while not self.should_continue:
            await self.serve(await self._orders.get())
        await self.continue_as_new(input)
    ```

    Kept as an attribute of the workflow, its messages are carried over by `continue_as_new`, before
    those that come later. Take from it in `run` only: handlers may come before it.
    """

    def __init__(self, message_type: type[MessageT]) -> None:
        """An empty inbox.

        Args:
            message_type: What the messages are; they have to be representable as JSON.
        """
        self._type = message_type
        self._messages: deque[MessageT] = deque()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: MessageT) -> None:
        """Add a message at the end."""
        self._messages.append(message)

    async def get(self) -> MessageT:
        """Take the message that has waited longest; wait until there is one."""
        await workflow.wait_condition(lambda: bool(self._messages))
        return self._messages.popleft()

    def carry(self) -> list[Any]:
        """The messages that wait, as JSON has them."""
        return [to_plain(message) for message in self._messages]

    def restore(self, carried: list[Any]) -> None:
        """Put what was carried over before what has come since."""
        messages = [read_json("a message carried over", self._type, each) for each in carried]
        self._messages.extendleft(reversed(messages))


async def continue_as_new(instance: object, make_input: Callable[[], object]) -> NoReturn:
    """Let handlers end, then continue with an input made then, and the messages that wait.

    Raises:
        ContinueMisplaced: It was called in a handler or in a task beside `run`.
    """
    if asyncio.current_task() is not vars(instance).get(MAIN_TASK):
        raise ContinueMisplaced(
            "`continue_as_new` was called outside of the task of `run`.",
            hint="Set a flag in the handler, and let `run` wait for it and continue.",
        )
    # A handler that is cut off would lose its message, or leave its caller without an answer.
    await workflow.wait_condition(workflow.all_handlers_finished)
    input, carried = make_input(), _left_over(instance)
    workflow.continue_as_new(args=[input, {_CARRIED: carried}] if carried else [input])


def split_arguments(args: tuple[Any, ...], input_type: Callable[[], Any]) -> tuple[Any, ...]:
    """What `run` takes, without what was carried over beside it.

    With two arguments where `run` declares one, the SDK leaves both as JSON.
    """
    if _carried_in(args) is None:
        return args
    return (read_json("the run that continues", input_type(), args[0]),)


def restore_messages(instance: object, args: tuple[Any, ...]) -> None:
    """Put what was carried over into the inboxes of a new run.

    Raises:
        LookupError: The code has no such inbox or signal any more: the run is suspended until it has.
    """
    inboxes = _inboxes(instance)
    for name, messages in (_carried_in(args) or {}).items():
        if name == _BACKLOG and (backlog := backlog_of(instance)) is not None:
            backlog.restore(messages, messages_of(type(instance), "signal").get)
        elif name in inboxes:
            inboxes[name].restore(messages)
        else:
            raise LookupError(f"messages were carried over for the inbox {name!r}; there is none")


def _inboxes(instance: object) -> dict[str, Inbox[Any]]:
    return {name: value for name, value in vars(instance).items() if isinstance(value, Inbox)}


def _carried_in(args: tuple[Any, ...]) -> dict[str, list[Any]] | None:
    last: Any = args[-1] if len(args) == 2 else None
    return last[_CARRIED] if isinstance(last, dict) and set(last) == {_CARRIED} else None  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - plain JSON


def _left_over(instance: object) -> dict[str, list[Any]]:
    carried = {name: inbox.carry() for name, inbox in _inboxes(instance).items()}
    if (backlog := backlog_of(instance)) is not None:
        carried[_BACKLOG] = backlog.carry()
    return {name: messages for name, messages in carried.items() if messages}
