"""Stops files, network, processes, threads and sleep in workflow code, whatever library does it.

Modules that are passed through are not watched by the SDK's sandbox: `httpx2.get` in workflow code
would simply go out. Python itself reports such things to audit hooks, in the thread that does them
and before they are done, so one hook sees them all. Not reported are new threads and random numbers without a seed; these
two are watched where Python makes them. Libraries that do not use Python for it (written in Rust or
C, with sockets and files of their own) are not seen.
"""

import random
import sys
import sysconfig
import threading
import zoneinfo
from collections.abc import Callable
from functools import wraps
from types import FrameType
from typing import Any

from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError
from temporalio.worker.workflow_sandbox._importer import Importer

from .installed import is_installed_file
from .world import WorldImporter

_CALLS = {
    "open": "open",
    "os.exec": "os.exec",
    "os.fork": "os.fork",
    "os.posix_spawn": "os.posix_spawn",
    "os.spawn": "os.spawn",
    "os.system": "os.system",
    "pty.spawn": "pty.spawn",
    "subprocess.Popen": "subprocess.Popen",
    "time.sleep": "time.sleep",
    "sqlite3.connect": "sqlite3.connect",
    **{
        f"socket.{name}": f"socket.{name}"
        for name in (
            "bind", "connect", "getaddrinfo", "gethostbyaddr", "gethostbyname", "gethostname",
            "getnameinfo", "sendmsg", "sendto",
        )
    },
    **{
        f"os.{name}": f"os.{name}"
        for name in (
            "chmod", "chown", "link", "listdir", "mkdir", "remove", "rename", "rmdir", "scandir",
            "symlink", "truncate", "utime",
        )
    },
}  # fmt: skip
"""Python's events, and what people call what they report."""

_READS = {"open", "os.listdir", "os.scandir"}
_THEIRS = ("importlib.", "_frozen_importlib", "zipimport", "linecache", "logging", "warnings")
"""Python's own parts that read source files and write log files: not the workflow's doing."""

_BETWEEN = {__file__, random.__file__}

_installed = False


def install_guard() -> None:
    """Watch this process from now on. A second call does nothing; a hook cannot be taken out."""
    global _installed  # noqa: PLW0603 - so is the hook: one for the process
    if not _installed:
        _installed = True
        sys.addaudithook(_look)
        _watch(threading.Thread, "start", "threading.Thread.start", _always)
        _watch(random.Random, "seed", "random.Random", _without_seed)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _CALLS or not _is_watching():
        return
    if event in _READS and _reads_code(event, arguments):
        return
    if event == "sqlite3.connect" and arguments[0] == ":memory:":
        return
    caller = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - who it was
    if _is_pythons_own(caller):
        return
    raise RestrictedWorkflowAccessError(_CALLS[event])


def _watch(cls: type, name: str, shown: str, is_refused: Callable[..., bool]) -> None:
    """Let a method refuse what workflow code may not do, and do the rest as ever."""
    method = getattr(cls, name)

    @wraps(method)
    def watched(*given: Any, **named: Any) -> Any:
        if _is_watching() and is_refused(*given, **named):
            raise RestrictedWorkflowAccessError(shown)
        return method(*given, **named)

    setattr(cls, name, watched)


def _always(*_: object, **__: object) -> bool:
    return True


def _without_seed(_: object, a: object = None, *__: object, **___: object) -> bool:
    """Whether somebody's own code asks for one; what libraries shuffle for themselves is theirs."""
    if a is not None:
        return False
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - who asks
    while frame.f_back is not None and frame.f_code.co_filename in _BETWEEN:
        frame = frame.f_back
    return not is_installed_file(frame.f_code.co_filename)


def _is_watching() -> bool:
    """Whether this thread is at work for a workflow in our sandbox."""
    importer = Importer.current_importer()
    return (
        isinstance(importer, WorldImporter)
        and importer.restriction_context.in_activation
        and not workflow.unsafe.is_sandbox_unrestricted()
        and not workflow.unsafe.is_imports_passed_through()
    )


def _reads_code(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether something installed is read: it is the same for each replay, as code is."""
    path = arguments[0]
    if isinstance(path, bytes):
        path = path.decode(errors="replace")
    if not isinstance(path, str):
        return not isinstance(path, int)
    mode = arguments[1] if event == "open" else "r"
    if isinstance(mode, str) and set(mode) & set("wax+"):
        return False
    return is_installed_file(path) or path.startswith(_shared_data())


def _shared_data() -> tuple[str, ...]:
    return (sysconfig.get_path("data"), *zoneinfo.TZPATH)


def _is_pythons_own(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(_THEIRS):
            return True
        frame = frame.f_back
    return False
