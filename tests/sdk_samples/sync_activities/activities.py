"""Blocking work."""

import threading
import time

from temporalio import activity

TOGETHER = threading.Barrier(2, timeout=20)


@activity.defn
def meet(name: str) -> str:
    """Ends when somebody else is here too: both need a thread of their own."""
    TOGETHER.wait()
    activity.heartbeat(name)
    return f"{name} at {time.time() > 0}"
