"""Signs of life of an activity that is busy elsewhere, for example inside a database driver."""

import contextvars
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from temporalio import activity


@contextmanager
def beating(*details: object) -> Generator[None]:
    """Report heartbeats from a thread while the block runs, three in each heartbeat timeout.

    So Temporal notices a lost worker within that timeout, and a cancelled run reaches the activity.
    Without a heartbeat timeout, or outside an activity, nothing is reported.

    Args:
        details: What a later attempt finds in `activity.info().heartbeat_details`.
    """
    timeout = activity.info().heartbeat_timeout if activity.in_activity() else None
    if not timeout:
        yield
        return
    done = threading.Event()
    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(_beat, done, timeout / 3, details), name="heartbeat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(done: threading.Event, every: timedelta, details: tuple[object, ...]) -> None:
    activity.heartbeat(*details)
    while not done.wait(every.total_seconds()):
        activity.heartbeat(*details)
