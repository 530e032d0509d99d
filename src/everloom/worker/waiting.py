"""Waiting for whichever comes first."""

import asyncio
from collections.abc import Awaitable
from typing import Any


async def first(*things: Awaitable[Any]) -> None:
    """Wait until one of several things has happened, and give up waiting for the others.

    Tasks and futures that were handed in go on; their results and errors are left to their owner.
    """
    waits = [asyncio.ensure_future(thing) for thing in things]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait, thing in zip(waits, things, strict=True):
            if wait is not thing:
                wait.cancel()
