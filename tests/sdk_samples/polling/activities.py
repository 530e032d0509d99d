"""A service that takes a while, and two ways to ask it."""

import asyncio
from collections import Counter

from temporalio import activity

ASKED = Counter[str]()


def ask(key: str) -> str:
    """Ready when asked for the third time."""
    ASKED[key] += 1
    if ASKED[key] < 3:
        raise RuntimeError("not ready")
    return f"ready after {ASKED[key]}"


@activity.defn
async def ask_often(key: str) -> str:
    """Ask in a loop that beats."""
    while True:
        try:
            return ask(key)
        except RuntimeError:
            activity.heartbeat("not yet")
            await asyncio.sleep(0.05)


@activity.defn
async def ask_now_and_then(key: str) -> str:
    """Ask once: Temporal tries again."""
    return ask(key)
