"""Where worker processes come from; under reload one is kept that has done its imports already.

Importing the SDK and the application's libraries takes most of a process's start. A process held in
reserve has that behind it, so that a saved file is served within a second.
"""

from collections.abc import Mapping
from datetime import timedelta

from .process import WorkerProcess


class Reserve:
    """Starts processes, ahead of time if wished."""

    def __init__(self, environment: Mapping[str, str], *, ahead: bool) -> None:
        self._environment = environment
        self._ahead = ahead
        self._spare: WorkerProcess | None = None
        self.libraries: tuple[str, ...] = ()
        """What the application has imported, to be imported ahead."""

    async def take(self) -> WorkerProcess:
        """A process that waits for its order."""
        spare, self._spare = self._spare, None
        if spare is not None and not spare.ended.done():
            return spare
        return await WorkerProcess.start(self._environment)

    async def refill(self) -> None:
        """Start the next one now, where one is kept."""
        if self._ahead:
            await self.warm_up()

    async def warm_up(self) -> None:
        """Start one now, whether or not one is kept later."""
        if self._spare is None or self._spare.ended.done():
            self._spare = await WorkerProcess.start(self._environment)
            self._spare.warm_up(self.libraries)

    async def close(self) -> None:
        """End the one in reserve."""
        self._ahead = False
        if self._spare is not None:
            self._spare.kill()
            await self._spare.end(within=timedelta(seconds=5))
