"""Messages that wait for their turn: handled one at a time, in the order in which they came.

What has no caller that waits (signals) can be carried over into the run that continues this one.
"""

import asyncio
import inspect
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from temporalio import workflow

from everloom.core import EverloomError, Unavailable

from .checking import read_json, to_plain
from .failures import FAILURES

_KEY = "_everloom_backlog"

CONTINUES = "entity-continues"

PATIENCE = 20
"""So many messages are handled after the history has grown long before new updates are refused."""


class EntityContinues(Unavailable):
    """An entity is about to begin a new history, and asks for the update again in a moment."""

    code = CONTINUES


@dataclass(frozen=True)
class Received:
    """A message as it came."""

    kind: Literal["signal", "update"]
    name: str
    method: Callable[..., Any]
    args: list[Any]

    async def handle(self, instance: object) -> Any:
        """Call the method."""
        answer = self.method(instance, *self.args)
        return await answer if inspect.isawaitable(answer) else answer


class Backlog:
    """The messages of one entity."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Received, asyncio.Future[Any] | None]] = deque()
        self._since_full = 0
        self._closed: EverloomError | None = None
        self.handled = 0
        """Messages this run has handled."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def has_callers(self) -> bool:
        """Whether somebody waits for the answer to one of them."""
        return any(answer is not None for _, answer in self._waiting)

    def check_open(self) -> None:
        """Take no further update when the run has to continue as new and cannot come to it.

        Raises:
            EntityContinues: So it is.
        """
        if self._since_full >= PATIENCE:
            raise EntityContinues(
                "The entity is about to begin a new history.", hint="Ask again in a moment."
            )

    async def take(self, received: Received) -> Any:
        """Queue a message; the answer of an update is waited for.

        Raises:
            EverloomError: The entity has come to its end.
        """
        if self._closed is not None and received.kind == "update":
            raise self._closed
        if received.kind == "signal":
            self._waiting.append((received, None))
            return None
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, answer))
        return await answer

    async def handle_next(self, instance: object, *, is_full: bool) -> None:
        """Handle the message that has waited longest.

        A failure is the answer to an update, and a line in the log for a signal: it does not end the
        entity. A bug suspends the run, as everywhere.
        """
        received, answer = self._waiting.popleft()
        self.handled += 1
        self._since_full += is_full
        try:
            result = await received.handle(instance)
        except FAILURES as error:
            if answer is None:
                workflow.logger.warning(
                    "signal failed", extra={"signal": received.name, "reason": str(error)}
                )
            else:
                answer.set_exception(error)
        except asyncio.CancelledError:
            self._waiting.appendleft((received, answer))  # told of the end, with those that wait
            raise
        else:
            if answer is not None:
                answer.set_result(result)

    def close(self, error: EverloomError) -> None:
        """Answer everybody who waits, and who comes from now on, that it is over."""
        self._closed = error
        while self._waiting:
            _, answer = self._waiting.popleft()
            if answer is not None:
                answer.set_exception(error)

    def carry(self) -> list[Any]:
        """The signals that wait, as JSON has them."""
        return [
            {"name": received.name, "args": [to_plain(arg) for arg in received.args]}
            for received, _ in self._waiting
        ]

    def restore(self, carried: list[Any], find: Callable[[str], Callable[..., Any] | None]) -> None:
        """Put what was carried over before what has come since."""
        before: list[tuple[Received, None]] = []
        for each in carried:
            method = find(each["name"])
            if method is None:
                raise LookupError(f"a signal {each['name']!r} was carried over, and is not known")
            hints = get_type_hints(method)
            names = list(inspect.signature(method).parameters)[1:]
            args = [
                read_json(f"signal `{each['name']}`", hints.get(name, Any), arg)
                for name, arg in zip(names, each["args"], strict=False)
            ]
            before.append((Received("signal", each["name"], method, args), None))
        self._waiting.extendleft(reversed(before))


def backlog_of(instance: object) -> Backlog | None:
    """The backlog of an entity; None for any other workflow."""
    return vars(instance).get(_KEY)


def give_backlog(instance: object) -> Backlog:
    """Let the messages of a workflow object queue up from now on."""
    return vars(instance).setdefault(_KEY, Backlog())
