"""What a call says about itself to whoever records it: which task it is of, and what it costs.

A worker that records puts it into a header of the activity. Headers are no part of what a replay
compares, so histories with and without it go on alike.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

TASK_HEADER = "everloom-task"
"""Header of an activity: JSON with `task`, a pointer, and `cost`, where they are known."""


@dataclass(frozen=True)
class Calling:
    """A call that is just being made."""

    task: str
    """Pointer of the task; empty outside of one."""

    cost: float | None = None
    """What each attempt that succeeds costs."""


_calling: ContextVar[Calling | None] = ContextVar("everloom_calling", default=None)


def current_call() -> Calling | None:
    """The call that is just being made; None in workflows that were not compiled."""
    return _calling.get()


@contextmanager
def told(task: str, cost: float | None) -> Generator[None]:
    """Say, while the block lasts, which call is made. Nothing may be awaited within."""
    token = _calling.set(Calling(task, cost))
    try:
        yield
    finally:
        _calling.reset(token)
