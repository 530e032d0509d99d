"""A command that asks somebody at a terminal."""

import asyncio
import os
import pty
import sys
from functools import partial

from tests.greeting import Greeter


async def answered(greeter: Greeter, keys: bytes, *arguments: str) -> tuple[int, str]:
    """Type a command at a terminal, and press keys when it asks; how it ended, and what it showed."""
    loop = asyncio.get_running_loop()
    terminal, theirs = pty.openpty()
    shown = bytearray()
    told = asyncio.Event()

    def read() -> None:
        try:
            shown.extend(os.read(terminal, 4096))
        except OSError:  # the command has ended
            loop.remove_reader(terminal)
        if b"[y/N]" in shown:
            told.set()

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "everloom", *arguments),
        cwd=greeter.settings.folder,
        env=greeter.environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=partial(os.login_tty, theirs),
    )
    os.close(theirs)
    loop.add_reader(terminal, read)
    try:
        async with asyncio.timeout(60):
            await told.wait()
            os.write(terminal, keys)
            return await process.wait(), shown.decode()
    finally:
        loop.remove_reader(terminal)
        os.close(terminal)
        if process.returncode is None:
            process.kill()
            await process.wait()
