"""Keep one program: begin it within its limits, tell how it ended, leave nothing of it behind.

This file runs as a process of its own between the worker and the program. It therefore imports the
standard library only, and starts in a few milliseconds.

The worker holds the other end of the control socket. It sends one line, the order; when that end
closes, because the worker has had enough or because it is gone, everything that the program began
is killed, whatever sessions and groups it hid in: this process adopts what its children leave
behind. The answer is two lines: `{"program": 4711}`, its process id, and at the end `{"code": 0}`,
or `{"stopped": "memory"}`, or `{"refused": 2}` with the error number of a program that cannot be
started.
"""

import contextlib
import ctypes
import itertools
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

LOOK_EVERY = 0.02
"""Seconds between two looks at how much memory and how many processes the program has."""

GRACE = 0.5
"""Seconds between the request to end and the end, for a program that wants to clean up."""

GIVE_UP = 5.0
"""Seconds after which what cannot be killed is left to its fate."""

ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
LANDLOCK_CREATE_RULESET = 444
LANDLOCK_RESTRICT_SELF = 446
LANDLOCK_SIZES = {1: 8, 2: 8, 3: 8, 4: 16, 5: 16}
"""Bytes of the kernel's structure by its version; 24 since the sixth, which also scopes signals."""

LINUX = sys.platform == "linux"


def main() -> None:
    """Read the order, keep the program, answer."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    order = _read_order(control)
    if order is None:
        return
    woken = _listen_to_signals()
    if LINUX:
        _libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    program, refused = _begin(order)
    _let_go_of_standard_streams()
    _say(control, {"program": program})
    answer = {"refused": refused} if refused else _keep(program, order, control, woken)
    _end_all(program, woken)
    shutil.rmtree(_opened(order["folder"]), ignore_errors=True)
    _say(control, answer)


def _say(control: socket.socket, words: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        control.sendall(json.dumps(words).encode() + b"\n")


def _read_order(control: socket.socket) -> dict[str, Any] | None:
    with control.makefile("rb") as lines:
        line = lines.readline()
    return json.loads(line) if line.endswith(b"\n") else None


def _listen_to_signals() -> int:
    """A descriptor that can be read whenever a child has ended, or somebody wants us to end."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    for number in (signal.SIGCHLD, *ENDINGS):
        signal.signal(number, _woken)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    return reading


def _woken(_number: int, _frame: object) -> None:
    """What counts is the byte in the pipe, which is the signal's number."""


def _let_go_of_standard_streams() -> None:
    """Their other ends shall see the end of the program, not ours."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    os.close(nothing)


# --- the program's side ---------------------------------------------------------------------------


def _begin(order: dict[str, Any]) -> tuple[int, int]:
    """Start the program: its process id, and the error number when it cannot be started."""
    hearing, telling = os.pipe()
    keeper = os.getpid()
    program = os.fork()
    if program == 0:
        _become(order, keeper, telling)
    os.close(telling)
    told = os.read(hearing, 16)
    os.close(hearing)
    return program, int(told or b"0")


def _become(order: dict[str, Any], keeper: int, telling: int) -> NoReturn:
    """Turn this process into the program."""
    try:
        os.setsid()
        os.umask(0o077)
        os.chdir(order["folder"] + "/work")
        _limit(order)
        if LINUX:
            _shut_in(keeper)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        arguments = [each.encode() for each in order["arguments"]]
        environment = {
            name.encode(): value.encode() for name, value in order["environment"].items()
        }
        os.execvpe(arguments[0], arguments, environment)  # noqa: S606 - that is the point
    except OSError as error:
        os.write(telling, str(error.errno or 1).encode())
    finally:
        os._exit(127)


def _limit(order: dict[str, Any]) -> None:
    # Not RLIMIT_AS, which counts what is only reserved: Node and Java reserve more than machines
    # have. Not RLIMIT_NPROC, which counts all processes of the user: one's own are counted below.
    _set_limit(resource.RLIMIT_DATA, order["memory"])
    _set_limit(resource.RLIMIT_FSIZE, order["memory"])
    _set_limit(resource.RLIMIT_CPU, order["cpu_seconds"])
    _set_limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError):
        os.nice(10)  # the worker's heartbeats come first
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def _set_limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


def _shut_in(keeper: int) -> None:
    """End with the keeper, gain no rights, and have no hold on processes outside.

    A process of the same user could otherwise read the worker's environment in `/proc`. Where the
    kernel has no Landlock, that stays so.
    """
    libc = _libc()
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(64):  # what root may do beyond its own files; nothing for others
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, 1)
    if version > 0:
        no_block_devices, signals_and_sockets = 1 << 11, 0b11
        rules = (ctypes.c_uint64 * 3)(no_block_devices, 0, signals_and_sockets)
        size = ctypes.c_size_t(LANDLOCK_SIZES.get(version, 24))
        ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(rules), size, 0)
        if ruleset >= 0:
            libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
            os.close(ruleset)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != keeper:
        os._exit(127)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


# --- the keeper's side ----------------------------------------------------------------------------


def _keep(
    program: int, order: dict[str, Any], control: socket.socket, woken: int
) -> dict[str, Any]:
    """Wait until it ends, the worker has had enough, or a limit is passed."""
    while True:
        ready, _, _ = select.select([control, woken], [], [], LOOK_EVERY)
        has_to_end = _heard(woken)
        ended, _ = _bury()
        if program in ended:
            return {"code": _code(ended[program])}
        if control in ready or has_to_end:
            return _ask_to_end(program, woken)
        stopped = _too_much(order)
        if stopped:
            return {"stopped": stopped}


def _ask_to_end(program: int, woken: int) -> dict[str, Any]:
    _kill_group(program, signal.SIGTERM)
    for _ in range(int(GRACE / LOOK_EVERY)):
        select.select([woken], [], [], LOOK_EVERY)
        _heard(woken)
        ended, _ = _bury()
        if program in ended:
            break
    return {"stopped": "worker"}


def _code(status: int) -> int:
    """The exit code as a shell tells it: a signal counts from 128."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _heard(woken: int) -> bool:
    """Whether somebody wants us to end."""
    with contextlib.suppress(BlockingIOError):
        return not set(ENDINGS).isdisjoint(os.read(woken, 1024))
    return False


def _bury() -> tuple[dict[int, int], bool]:
    """What has ended, with its status, and whether something is left."""
    ended: dict[int, int] = {}
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return ended, True
            ended[pid] = status
    except ChildProcessError:
        return ended, False


def _too_much(order: dict[str, Any]) -> str:
    """Which limit all processes of the program together have passed, if any."""
    most: int = order["processes"]
    # Never walk to the end of the tree: what forks without end grows faster than it can be read.
    everything = list(itertools.islice(_descendants(), most + 1))
    if len(everything) > most:
        return "processes"
    return "memory" if sum(map(_memory_of, everything)) > order["memory"] else ""


def _descendants() -> Iterator[int]:
    """All processes below this one, parents before their children."""
    waiting = deque([os.getpid()])
    while waiting:
        for child in _children_of(waiting.popleft()):
            yield child
            waiting.append(child)


def _children_of(pid: int) -> Iterator[int]:
    tasks = f"/proc/{pid}/task"
    with contextlib.suppress(OSError):
        for thread in os.listdir(tasks):  # noqa: PTH208 - many times a second
            with contextlib.suppress(OSError), open(f"{tasks}/{thread}/children") as listed:  # noqa: PTH123
                yield from map(int, listed.read().split())


def _memory_of(pid: int) -> int:
    """Bytes that a process has for itself or shares with other processes, files left out."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
        return 1024 * sum(
            int(line.split()[1])
            for line in lines.splitlines()
            if line.startswith(("RssAnon:", "RssShmem:"))
        )
    return 0


def _end_all(program: int, woken: int) -> None:
    """Kill until there is nothing left to kill: it may go on forking meanwhile."""
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        # The group first, because the kernel ends all of it at once; then who has left the group.
        _kill_group(program, signal.SIGKILL)
        for pid in _descendants():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _, left = _bury()
        if not left:
            return
        select.select([woken], [], [], LOOK_EVERY)
        _heard(woken)


def _kill_group(program: int, number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.killpg(program, number)


def _opened(folder: str) -> str:
    """The folder, with every folder in it such that its owner may empty it."""
    for inside, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            Path(inside).chmod(0o700)
    return folder


if __name__ == "__main__":
    main()
