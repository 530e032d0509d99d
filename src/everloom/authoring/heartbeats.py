"""Signs of life of an activity that is busy elsewhere, for example inside a database driver."""

import asyncio
import contextvars
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from temporalio import activity


@contextmanager
def beating(*details: object) -> Generator[None]:
    """Report heartbeats while the block runs, three in each heartbeat timeout.

    So Temporal notices a lost worker within that timeout, and a cancelled run reaches the activity.
    Without a heartbeat timeout, or outside an activity, nothing is reported. For `async def` and
    plain activities alike.

    Args:
        details: What a later attempt finds in `activity.info().heartbeat_details`.
    """
    timeout = activity.info().heartbeat_timeout if activity.in_activity() else None
    if not timeout:
        yield
        return
    beat = _beat_in_loop if _runs_in_loop() else _beat_in_thread
    with beat(timeout / 3, details):
        yield


def _runs_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _beat_in_loop(every: timedelta, details: tuple[object, ...]) -> Generator[None]:
    async def beat() -> None:
        while True:
            activity.heartbeat(*details)
            await asyncio.sleep(every.total_seconds())

    task = asyncio.create_task(beat(), name="heartbeat")
    try:
        yield
    finally:
        task.cancel()


@contextmanager
def _beat_in_thread(every: timedelta, details: tuple[object, ...]) -> Generator[None]:
    done = threading.Event()

    def beat() -> None:
        activity.heartbeat(*details)
        while not done.wait(every.total_seconds()):
            activity.heartbeat(*details)

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(beat,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
