"""Signs of life of an activity that is busy elsewhere, for example inside a database driver."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import timedelta

from temporalio import activity

carrying: ContextVar[bool] = ContextVar("everloom_heartbeats_carry_progress", default=False)
"""Whether `resuming` reports the heartbeats here: beats without its progress would take it away."""


@contextmanager
def beating(*details: object) -> Generator[None]:
    """Report heartbeats while the block runs, three in each heartbeat timeout.

    So Temporal notices a lost worker within that timeout, and a cancelled run reaches the activity.
    Without a heartbeat timeout, or outside an activity, nothing is reported. For `async def` and
    plain activities alike. Inside `resuming` there is nothing left to do.

    Args:
        details: What a later attempt finds in `activity.info().heartbeat_details`.
    """
    timeout = heartbeat_timeout()
    if timeout is None or (carrying.get() and not details):
        yield
        return
    with beats(timeout / 3, lambda: activity.heartbeat(*details)):
        yield


def heartbeat_timeout() -> timedelta | None:
    """How long this activity may be silent; None without a limit, and outside an activity."""
    return (activity.info().heartbeat_timeout or None) if activity.in_activity() else None


def beats(every: timedelta, beat: Callable[[], None]) -> AbstractContextManager[None]:
    """Call `beat` again and again while the block runs, beside it."""
    begin = _beat_in_loop if _runs_in_loop() else _beat_in_thread
    return begin(every, beat)


def _runs_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _beat_in_loop(every: timedelta, beat: Callable[[], None]) -> Generator[None]:
    async def keep_beating() -> None:
        while True:
            beat()
            await asyncio.sleep(every.total_seconds())

    task = asyncio.create_task(keep_beating(), name="heartbeat")
    try:
        yield
    finally:
        task.cancel()


@contextmanager
def _beat_in_thread(every: timedelta, beat: Callable[[], None]) -> Generator[None]:
    done = threading.Event()

    def keep_beating() -> None:
        beat()
        while not done.wait(every.total_seconds()):
            beat()

    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(keep_beating,), name="heartbeat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
