"""Notices when the event loop stands still, and names the activity that blocks it.

A thread of its own, because nothing on the loop can notice that the loop does not turn.
"""

import asyncio
import sys
import sysconfig
import threading
from datetime import timedelta
from types import FrameType

from everloom.observe import get_logger

from .running import RunningActivities

log = get_logger(__name__)

_NOT_OURS = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib"))


class Watchdog:
    """Watches one event loop from `start` to `stop`; logs each standstill once."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, activities: RunningActivities, *, limit: timedelta
    ) -> None:
        self._loop = loop
        self._loop_thread = threading.get_ident()
        self._activities = activities
        self._limit = limit.total_seconds()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to watch. To be called on the loop's own thread."""
        self._activities.note_tasks(self._loop)
        threading.Thread(target=self._watch, name="everloom-watchdog", daemon=True).start()

    def stop(self) -> None:
        """End watching."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._limit / 4):
            turned = threading.Event()
            try:
                self._loop.call_soon_threadsafe(turned.set)
            except RuntimeError:  # the loop is closed: nothing is left to watch
                return
            if turned.wait(self._limit):
                continue
            self._report()
            while not turned.wait(0.1) and not self._stopped.is_set():
                pass

    def _report(self) -> None:
        frames = _frames(sys._current_frames().get(self._loop_thread))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - there is no other door to another thread's stack
        if not frames:
            return
        blocking = self._activities.find(asyncio.current_task(self._loop))
        place = _place(frames)
        if blocking is None:
            log.warning(
                "event loop stands still",
                place=place,
                hint="Something that is no activity blocks it.",
            )
            return
        log.warning(
            "activity blocks the event loop",
            activity=blocking.name,
            workflow_id=blocking.workflow_id,
            attempt=blocking.attempt,
            place=place,
            hint="Make it a plain function, which runs in a thread, or await what it waits for.",
        )


def _frames(innermost: FrameType | None) -> list[FrameType]:
    frames: list[FrameType] = []
    while innermost is not None:
        frames.append(innermost)
        innermost = innermost.f_back
    return frames


def _place(frames: list[FrameType]) -> str:
    """The innermost line of code that is neither Python's own nor installed."""
    own = [frame for frame in frames if not frame.f_code.co_filename.startswith(_NOT_OURS)]
    frame = (own or frames)[0]
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
