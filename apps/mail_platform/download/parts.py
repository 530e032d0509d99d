"""Store the parts of a file side by side, so that the next bytes are read while these are written."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait

from everloom.objects import Objects

_AT_ONCE = 2


class Parts:
    """The parts of one file, in order. One thread adds them."""

    def __init__(self, objects: Objects, prefix: str) -> None:
        self._objects = objects
        self._prefix = prefix
        self._pending = deque[Future[None]]()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="parts")
        self._stored = 0

    @property
    def stored(self) -> int:
        """Parts that are surely stored, from the first one on without a gap."""
        while self._pending and self._pending[0].done() and not self._pending[0].exception():
            self._await_oldest()
        return self._stored

    @property
    def count(self) -> int:
        """Parts that were added."""
        return self._stored + len(self._pending)

    def skip(self, parts: int) -> None:
        """Begin behind parts that are stored already."""
        self._stored = parts

    def add(self, content: bytes) -> None:
        """Store the next part. An error may come out at a later call, `finish` at the latest.

        Raises:
            ObjectsUnavailable: This part, or one before it, could not be stored.
        """
        while len(self._pending) >= _AT_ONCE:
            self._await_oldest()
        key = part_key(self._prefix, self.count)
        self._pending.append(self._threads.submit(self._objects.put, key, content))

    def finish(self) -> None:
        """Wait until all parts are stored.

        Raises:
            ObjectsUnavailable: One of them could not be stored.
        """
        while self._pending:
            self._await_oldest()

    def settle(self) -> None:
        """Wait until no part is on its way any more, stored or not."""
        wait(self._pending)

    def close(self) -> None:
        """Let go of the threads: what is not begun is not stored, what is begun is waited for.

        A part that came later than the clean-up after a failure would stay for ever.
        """
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _await_oldest(self) -> None:
        self._pending[0].result()
        self._pending.popleft()
        self._stored += 1


def part_key(prefix: str, part: int) -> str:
    """Key of a part."""
    return f"{prefix}/{part:05}"
