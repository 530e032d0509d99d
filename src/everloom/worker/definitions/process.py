"""The process that serves definitions, as its command sees it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from datetime import timedelta
from typing import Self

from pydantic import ValidationError

from everloom.core import EverloomError, Invalid, Unavailable
from everloom.settings import child_environment
from everloom.worker.process import GIVES_BACK, LONGEST_LINE, describe_exit

from .messages import (
    Begin,
    Order,
    Refused,
    Release,
    Serve,
    Word,
    from_process,
)


class ServingLost(Unavailable):
    """The process that serves definitions has ended, or does not answer."""

    code = "definition-serving-lost"


class ServingProcess:
    """A child process from its start to its end. It serves one queue at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._answer: asyncio.Future[Word] | None = None
        self._refused: Refused | None = None
        self.begun = False
        """Whether it knows where Temporal is."""
        self.served = 0
        """Queues that it has served so far."""
        self.ended = asyncio.create_task(self._attend())
        """Done when the process is gone; the result says how it ended."""

    @classmethod
    async def start(cls) -> Self:
        """Start a process that waits to `begin`. In a session of its own: Ctrl-C is ours."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "everloom.worker.definitions.child"),
            stdin=PIPE,
            stdout=PIPE,
            env={**GIVES_BACK, **child_environment()},
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def begin(self, begin: Begin) -> None:
        """Tell it which settings hold, and where Temporal is."""
        self.begun = True
        self._say(begin)

    async def serve(self, order: Serve, *, within: timedelta) -> None:
        """Let it serve definitions on a queue, and wait until it does.

        Raises:
            EverloomError: It refused, for the reason that the error's code names.
            ServingLost: It ended or did not answer in time.
        """
        self.served += 1
        word = await self._ask(order, within)
        if isinstance(word, Refused):
            raise _error_of(word)

    async def release(self, queue: str, *, within: timedelta) -> bool:
        """Let it serve a queue no longer; whether it is done with it."""
        try:
            await self._ask(Release(queue=queue), within)
        except ServingLost:
            return False
        return True

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self, *, within: timedelta) -> None:
        """Let it end, and kill it when it takes longer than allowed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.wait([self.ended], timeout=within.total_seconds())
        self.kill()
        await asyncio.wait([self.ended])

    async def _ask(self, order: Order, within: timedelta) -> Word:
        self._answer = answer = asyncio.get_running_loop().create_future()
        self._say(order)
        await asyncio.wait(
            [answer, self.ended],
            timeout=within.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        self._answer = None
        if answer.done():
            return answer.result()
        if self._refused is not None:
            return self._refused
        if self.ended.done():
            raise ServingLost(f"The process that serves the definition {self.ended.result()}.")
        raise ServingLost("The process that serves the definition does not answer.")

    def _say(self, order: Order) -> None:
        stream = self._process.stdin
        if stream is not None and not stream.is_closing():
            stream.write(order.line())

    async def _attend(self) -> str:
        stream = self._process.stdout
        while stream is not None and (line := await stream.readline()):
            try:
                self._hear(from_process.validate_json(line))
            except ValidationError:  # it died in the middle of a line
                break
        return f"ended with {describe_exit(await self._process.wait())}"

    def _hear(self, word: Word) -> None:
        if isinstance(word, Refused) and not word.queue:
            self._refused = word  # it ends now, and was perhaps not asked for anything yet
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(word)


def _error_of(refused: Refused) -> EverloomError:
    kind = type(Invalid.__name__, (Invalid,), {"code": refused.code})
    return kind(refused.message, hint=refused.hint, problems=refused.problems)
