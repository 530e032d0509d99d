"""Long activities that go on where a lost attempt stopped, by what its heartbeats said last."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import activity

from .heartbeats import beats, carrying, heartbeat_timeout

ModelT = TypeVar("ModelT", bound=BaseModel)

LONGEST_PAUSE = timedelta(seconds=1)
"""Between two reports that are passed on, where the heartbeat timeout does not ask for more."""


class Resuming(Generic[ModelT]):
    """How far an activity has come; made by `resuming`."""

    def __init__(self, model: type[ModelT], pause: timedelta) -> None:
        """Made by `resuming`."""
        self.last: ModelT | None = _read(model)
        """What the last attempt that got a report through had reported last. None: begin anew."""
        self._latest = self.last
        self._pause = pause.total_seconds()
        self._sent_at = float("-inf")
        self._has_news = False
        # A plain activity reports from its thread, and beats from another.
        self._lock = threading.Lock()

    def report(self, progress: ModelT) -> None:
        """Say how far the work has come: everything up to here is done and need not be done again.

        Cheap enough for every item: of many reports only the latest of each moment is passed on, and
        the SDK sends to Temporal at most once in four fifths of the heartbeat timeout. What comes in
        between is sent when the attempt fails, and is lost when its process is.

        Args:
            progress: A new model each time: it is written down later than now.
        """
        self._latest, self._has_news = progress, True
        if time.monotonic() - self._sent_at >= self._pause:
            self.beat()

    def beat(self) -> None:
        """Report the latest once more."""
        if not activity.in_activity():
            return
        with self._lock:
            self._has_news, self._sent_at = False, time.monotonic()
            activity.heartbeat(*([] if self._latest is None else [self._latest]))

    def flush(self) -> None:
        """Report what was not passed on yet."""
        if self._has_news:
            self.beat()


@contextmanager
def resuming(model: type[ModelT]) -> Generator[Resuming[ModelT]]:
    """Go on where a lost attempt stopped, and report heartbeats while the block runs.

    ```python
    with resuming(Sent) as progress:
        done = progress.last.count if progress.last else 0
        for number, letter in enumerate(letters[done:], done + 1):
            post(letter)
            progress.report(Sent(count=number))
    ```

    For `async def` and plain activities alike, and as `beating` between the reports: a lost worker
    and a cancelled run are noticed within the heartbeat timeout. A report that another version of
    the code has left and that does not fit `model` is not used, and a log line says so. Outside an
    activity nothing is reported, and there is nothing to resume.

    Args:
        model: What is reported: counts, offsets, a cursor. A few hundred bytes, not the work itself.
    """
    timeout = heartbeat_timeout()
    progress = Resuming(model, min(timeout / 10, LONGEST_PAUSE) if timeout else LONGEST_PAUSE)
    token = carrying.set(True)
    try:
        with beats(timeout / 3, progress.beat) if timeout else nullcontext():
            yield progress
    except BaseException:
        progress.flush()
        raise
    finally:
        carrying.reset(token)


def _read(model: type[ModelT]) -> ModelT | None:
    details = activity.info().heartbeat_details if activity.in_activity() else ()
    if not details:
        return None
    try:
        return model.model_validate(details[0])
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
        activity.logger.warning(
            "progress of an earlier attempt does not fit, beginning anew",
            extra={
                "model": model.__name__,
                "field": ".".join(str(part) for part in wrong["loc"]),
                "reason": wrong["msg"],
            },
        )
        return None
