"""A publisher that kills itself between two statements. Run as a process by `test_killed`.

It hears on its standard input what to do, `publish 1.0.3 5` or `activate 1.0.3 5`, forks, and lets the
fork do that until it is killed right before its fifth statement. Then it says how the fork ended.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.control.publishing.shop import BY

from everloom.control.projects import Platform
from everloom.control.publishing import activate, publish
from everloom.settings import Settings
from everloom.store import open_store
from everloom.temporal import TemporalService


def main() -> None:
    """Do what is asked, one after the other, each in a process of its own."""
    settings = Settings.model_validate_json(Path(sys.argv[1]).read_text())
    address, project = sys.argv[2:]
    for line in sys.stdin:
        verb, version, statement = line.split()
        if (child := os.fork()) == 0:
            _kill_before(int(statement))
            asyncio.run(_work(settings, address, project, verb=verb, version=version))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "done", flush=True)  # noqa: T201


async def _work(settings: Settings, address: str, project: str, *, verb: str, version: str) -> None:
    temporal = TemporalService(settings, address=address)
    async with open_store(settings) as store:
        p = Platform(settings, store, temporal)
        _COUNTED.append(True)
        if verb == "publish":
            await publish(p, project, "shop.order", as_version=version, by=BY, activate=True)
        else:
            await activate(p, project, "shop.order", version, by=BY)


_COUNTED: list[bool] = []
"""Not empty: statements are counted. Those that open the store are not."""


def _kill_before(statement: int) -> None:
    left = [statement]

    def heard(*_: object) -> None:
        if not _COUNTED:
            return
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    listen: Callable[..., None] = event.listen
    for name in ("before_cursor_execute", "commit"):
        listen(Engine, name, heard)


if __name__ == "__main__":
    main()
