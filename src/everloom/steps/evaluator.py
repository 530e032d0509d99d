"""Where are expressions evaluated that might take long? In processes that may be killed.

jq cannot be interrupted and holds Python's lock while it computes: one expression of one tenant
would stop every run of the worker that it shares, and a value nested deep enough ends a process
altogether. So `everloom.flow.expressions` hands what may be costly over to here. A thread for each
process does the talking, because workflow code may neither start processes nor write to anything.
"""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Self

from everloom.flow import Json
from everloom.flow.expressions import ExpressionOverBudget

from . import evaluator_child as child

TIME_LIMIT = timedelta(seconds=1)
"""Temporal gives a workflow task up after two seconds, and starting a process takes its part."""

MEMORY_LIMIT = 256 * 1024 * 1024
_LARGEST_ANSWER = 16 * 1024 * 1024
_START = 0.75
"""Seconds that a process may take until it is there."""


class _Lost(Exception):
    """The process is gone, or says what it should not."""


class ProcessEvaluator:
    """Evaluates expressions in processes of their own, within limits of time and memory.

    Processes start when they are first needed, serve one evaluation after the other, and are
    replaced when they had to be killed. To be installed with `use_evaluator`.
    """

    def __init__(
        self,
        time_limit: timedelta = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
        *,
        processes: int = 2,
    ) -> None:
        """Make ready.

        Args:
            time_limit: For one evaluation. Keep it below 1.2 s: Temporal takes a workflow task that
                is silent for two seconds for stuck.
            memory_limit: Bytes that one evaluation may take.
            processes: How many evaluations may go on at once.
        """
        self._seconds = time_limit.total_seconds()
        self._memory = memory_limit
        self._asked: SimpleQueue[_Question | None] = SimpleQueue()
        self._keepers = [
            threading.Thread(target=self._keep, name=f"evaluator-{number}", daemon=True)
            for number in range(processes)
        ]
        for keeper in self._keepers:
            keeper.start()

    def run(self, program: str, document: str) -> list[Json]:
        """The first value of a program for an input that is written as JSON, or none.

        Raises:
            ValueError: What jq says against it.
            ExpressionOverBudget: It takes more time or memory than is granted, or all processes
                are busy for that long.
        """
        question = _Question(program, document)
        self._asked.put(question)
        try:
            return question.answer.result(self._seconds + _START)
        except TooLong:
            question.answer.cancel()
            raise ExpressionOverBudget(
                f"no process was free for it within {self._seconds + _START:g} s"
            ) from None

    def close(self) -> None:
        """End the processes."""
        for _ in self._keepers:
            self._asked.put(None)
        for keeper in self._keepers:
            keeper.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _keep(self) -> None:
        """Hand questions to one process, for as long as there are any."""
        process: _Process | None = None
        while (question := self._asked.get()) is not None:
            if not question.answer.set_running_or_notify_cancel():
                continue  # whoever asked has given up
            try:
                process = process or _Process(self._seconds, self._memory)
                question.answer.set_result(process.ask(question))
            except ValueError as error:
                question.answer.set_exception(error)
            except (_Lost, OSError) as lost:
                question.answer.set_exception(self._refused(lost))
                process = process and process.end()
        if process is not None:
            process.end()

    def _refused(self, lost: Exception) -> ExpressionOverBudget:
        if isinstance(lost, TimeoutError):
            return ExpressionOverBudget(f"it took longer than {self._seconds:g} s")
        if isinstance(lost, _Lost):
            granted = f"it may take {self._memory // (1024 * 1024)} MiB"
            return ExpressionOverBudget(f"its process broke down ({lost}); {granted}")
        return ExpressionOverBudget(f"no process could be started for it: {lost}")


class _Question:
    def __init__(self, program: str, document: str) -> None:
        self.program = program.encode()
        self.document = document.encode()
        self.answer: Future[list[Json]] = Future()


class _Process:
    """One process, from its start to its end."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._socket, theirs = socket.socketpair()
        command: Sequence[str] = (sys.executable, "-I", str(Path(child.__file__)))
        with theirs:
            self._popen = subprocess.Popen(  # noqa: S603 - our own file
                [*command, str(seconds), str(memory)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        self._until = monotonic() + _START
        self._is_ready = False

    def ask(self, question: _Question) -> list[Json]:
        """The answer to a question.

        Raises:
            ValueError: What jq says against it.
            TimeoutError: It took too long.
            _Lost: The process is gone.
        """
        if not self._is_ready:
            self._received()
            self._is_ready = True
        self._until = monotonic() + self._seconds
        sizes = child.REQUEST.pack(len(question.program), len(question.document))
        try:
            self._socket.settimeout(self._seconds)
            self._socket.sendall(sizes + question.program + question.document)
        except (BrokenPipeError, ConnectionResetError):
            raise _Lost(self._end_said()) from None
        kind, said = self._received()
        if kind == child.REFUSED:
            raise ValueError(said.decode())
        return [json.loads(said)] if kind == child.VALUE else []

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self._socket.close()
        self._popen.kill()
        self._popen.wait()

    def _received(self) -> tuple[bytes, bytes]:
        kind, size = child.ANSWER.unpack(self._bytes(child.ANSWER.size))
        if size > _LARGEST_ANSWER:
            raise _Lost(f"its value has {size} bytes")
        return kind, self._bytes(size)

    def _bytes(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            left = self._until - monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            try:
                part = self._socket.recv(min(size - len(found), 1 << 20))
            except ConnectionResetError:
                part = b""
            if not part:
                raise _Lost(self._end_said())
            found += part
        return bytes(found)

    def _end_said(self) -> str:
        code = self._popen.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"
