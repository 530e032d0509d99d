"""Run an `everloom` command that ends with its parent.

The parent holds the other end of standard input. When that closes, for whatever reason, the command
is asked to end, and ended a little later if it does not.
"""

import os
import runpy
import signal
import sys
import threading

LIMIT = 5.0
"""Seconds a command may take to end in order when its parent is gone."""


def _watch(tether: int) -> None:
    while os.read(tether, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(LIMIT)
    os._exit(1)


if __name__ == "__main__":
    tether = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_watch, args=(tether,), name="everloom-tether", daemon=True).start()
    # By name: the command line is a floor above this room.
    sys.argv[0] = "everloom"
    runpy.run_module("everloom", run_name="__main__")
