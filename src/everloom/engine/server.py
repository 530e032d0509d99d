"""One server process: started through the launcher, waited for, stopped."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from .command import Listening
from .errors import EngineFailed

GRACE = timedelta(seconds=10)
"""How long the server may take to end in order; it needs about 1.3 s."""

LOOK_EVERY = 0.02
"""Seconds between two looks at a process that starts or ends."""

LOG_LINES = 12
"""Lines of the log that are shown when the server has died."""


class Server:
    """A server under its launcher, from start to end."""

    def __init__(self, launcher: "subprocess.Popen[bytes]", log: Path) -> None:
        self._launcher = launcher
        self._log = log
        self.pid = 0
        """The server's own pid; 0 when it could not even be started."""
        if launcher.stdout is not None:
            self.pid = int(launcher.stdout.readline() or b"0")

    async def wait_until_ready(
        self, listening: Listening, *, namespace: str, within: timedelta
    ) -> None:
        """Wait until the server answers for the namespace, and its web interface is there.

        Raises:
            EngineFailed: It ended, or took too long.
        """
        try:
            async with asyncio.timeout(within.total_seconds()):
                while not await answers(listening.address, namespace):
                    self._check_alive()
                    await asyncio.sleep(LOOK_EVERY)
                while not await _ui_answers(listening):
                    self._check_alive()
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            raise EngineFailed(
                f"Temporal did not answer on {listening.address} within "
                f"{within.total_seconds():g} s. Its log ends with:\n{self._last_lines()}",
                hint=f"Look into {self._log}, or raise `engine.start_timeout`.",
            ) from None

    async def wait(self) -> int:
        """Wait until the server has ended, and return its exit code."""
        while True:
            code = self._launcher.poll()
            if code is not None:
                self._close_pipes()
                return code
            await asyncio.sleep(LOOK_EVERY)

    async def stop(self) -> None:
        """End the server in order. It may have ended already."""
        pipe = self._launcher.stdin
        if self._launcher.poll() is None and pipe is not None and not pipe.closed:
            with suppress(BrokenPipeError):  # it may end this moment
                pipe.write(b"stop\n")
                pipe.flush()
        await self.wait()

    def kill(self) -> None:
        """End the server at once, as the end of this process would."""
        self._close_pipes()
        self._launcher.wait()

    def _check_alive(self) -> None:
        code = self._launcher.poll()
        if code is not None:
            self._close_pipes()
            raise EngineFailed(
                f"Temporal ended with code {code} while it started. "
                f"Its log ends with:\n{self._last_lines()}",
                hint=f"The whole log is {self._log}.",
            )

    def _last_lines(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        stack = next((at for at, line in enumerate(lines) if line.startswith("goroutine ")), None)
        lines = lines[:stack]  # a crash tells its reason before the stack, which nobody can use
        return "\n".join(lines[-LOG_LINES:]) or "(nothing)"

    def _close_pipes(self) -> None:
        for pipe in (self._launcher.stdin, self._launcher.stdout):
            if pipe is not None:
                pipe.close()


def launch(command: Sequence[str], *, log: Path, lock: int) -> Server:
    """Start a server under a launcher of its own session.

    An interrupt at the terminal goes to the whole foreground process group; workers that drain
    still need their server, so it does not belong to that group.
    """
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as sink:
        launcher = subprocess.Popen(  # noqa: S603 - our own launcher
            [
                *(sys.executable, "-I", "-S", str(Path(__file__).with_name("launcher.py"))),
                *(str(os.getpid()), str(GRACE.total_seconds()), str(lock), *command),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            pass_fds=(lock,),
            start_new_session=True,
        )
    return Server(launcher, log)


async def answers(address: str, namespace: str) -> bool:
    """Whether a Temporal at this address knows the namespace."""
    try:
        client = await ServiceClient.connect(ConnectConfig(target_host=address))
        request = DescribeNamespaceRequest(namespace=namespace)
        await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=2))
    except (RuntimeError, RPCError):
        return False
    return True


async def _ui_answers(listening: Listening) -> bool:
    if listening.ui_port is None:
        return True
    ip = listening.address.rpartition(":")[0].strip("[]")
    try:
        _, writer = await asyncio.open_connection(ip, listening.ui_port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
