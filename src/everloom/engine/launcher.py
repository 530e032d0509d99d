"""Keep one server alive exactly as long as the process that asked for it.

A program of its own, started as a file: standard library only, one thread, up in 20 ms. It sits
between the parent and the server because only a process that waits can act after `kill -9` of the
parent, and because setting the parent-death signal between fork and exec is safe in one thread only.

    launcher.py PARENT_PID GRACE_SECONDS LOCK PROGRAM ARGUMENT...

Standard input is a pipe from the parent. `stop` on it ends the server in order; its end, or another
parent than PARENT_PID, means that the parent is gone, and the server is killed: what it has written
is safe, and the parent's next start shall not have to wait. On Linux the server also dies when this
launcher is killed. The first line on standard output is the server's pid. LOCK is the descriptor of
the folder's lock: it is handed down and then closed here, so that the server alone holds it.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 1.0
"""Seconds between two looks at the parent, for when a child of it keeps the pipe open."""


def main(arguments: list[str]) -> int:
    """Start the server, wait for the first reason to end it, end it."""
    parent, grace, lock, *command = arguments
    held = int(lock)
    woken = _wake_on(signal.SIGCHLD, signal.SIGTERM)
    try:
        server = subprocess.Popen(  # noqa: S603 - the caller's own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            pass_fds=(held,),
            preexec_fn=_die_with_launcher,  # noqa: PLW1509 - this process has one thread
        )
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error}\n")
        return 127
    os.close(held)
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    in_order = _wait_for_a_reason(server, int(parent), woken)
    return _end(server, float(grace) if in_order else 0.0)


def _wait_for_a_reason(server: "subprocess.Popen[bytes]", parent: int, woken: int) -> bool:
    """Return whether the server shall be ended in order (or has ended by itself)."""
    while server.poll() is None:
        if os.getppid() != parent:
            return False
        ready, _, _ = select.select([0, woken], [], [], LOOK_EVERY)
        if 0 in ready:
            return os.read(0, 64) != b""
        if woken in ready and signal.SIGTERM in os.read(woken, 64):
            return True
    return True


def _end(server: "subprocess.Popen[bytes]", grace: float) -> int:
    try:
        if grace > 0:
            server.terminate()
            return server.wait(grace)
    except subprocess.TimeoutExpired:
        pass
    server.kill()
    return server.wait()


def _wake_on(*signals: signal.Signals) -> int:
    """A descriptor that becomes readable when one of these signals arrives."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    for each in signals:
        signal.signal(each, lambda _number, _frame: None)
    return readable


def _die_with_launcher() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
