"""Say what workflow code may not do: which workflow, what, where, and what to do instead."""

import logging
import sys

from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

from .installed import is_installed_file

_INPUT = "Give what it tells to the workflow as input, or move it to an activity."
_WAIT = "Use `await workflow.sleep(…)`: it survives a restart."
_CLOCK = "Use `workflow.now()`."
_CHANCE = "Use `workflow.random()`."
_IDS = "Use `workflow.uuid4()`."
_TASKS = "Use `asyncio` for what runs side by side, and an activity for what blocks."
_PURE_PATHS = (
    "For what only computes with paths, use `pathlib.PurePath`; move the rest to an activity."
)
_ACTIVITY = "Move it to an activity."
_ELSE = (
    "Move it to an activity; or, when it always gives the same for the same, import it in "
    "`with workflow.unsafe.imports_passed_through():`."
)

_REMEDIES = {
    "time.sleep": _WAIT,
    "email.utils": _CLOCK,
    "timeit": _CLOCK,
    "time": _CLOCK,
    "datetime": _CLOCK,
    "arrow": _CLOCK,
    "pendulum": _CLOCK,
    "random": _CHANCE,
    "secrets": _CHANCE,
    "ssl": _CHANCE,
    "numpy.random": _CHANCE,
    "os.urandom": _CHANCE,
    "uuid": _IDS,
    "uuid6": _IDS,
    "uuid_utils": _IDS,
    "os": _INPUT,
    "os.path": _PURE_PATHS,
    "posix": _INPUT,
    "threading": _TASKS,
    "concurrent": _TASKS,
    "multiprocessing": _TASKS,
    **dict.fromkeys(
        (
            "__builtins__.open", "asyncio", "ctypes", "open", "pathlib", "shutil", "tempfile", "glob", "socket", "http",
            "urllib", "smtplib", "subprocess", "sqlite3", "pty",
        ),
        _ACTIVITY,
    ),
}  # fmt: skip
"""By the name of what is used; the longest that fits counts."""


def speak_for_the_sandbox() -> None:
    """Let the sandbox's errors name workflow, call, place and remedy.

    The SDK makes the sentence in one place and has no door for another one.
    """
    RestrictedWorkflowAccessError.default_message = staticmethod(tell)
    # Which says beforehand, in fewer words, what the error says.
    logging.getLogger("temporalio.worker.workflow_sandbox._restrictions").setLevel(logging.ERROR)


def tell(qualified_name: str) -> str:
    """The sentence for something that running workflow code may not use."""
    name = qualified_name.removesuffix(".__call__")
    who = "Workflow code"
    if workflow.in_workflow():
        who = f"Workflow `{workflow.info().workflow_type}`"
    shown = name.removeprefix("__builtins__.")
    return (
        f"{who} uses `{shown}`{_place()}, which workflow code may not: it would be another one "
        f"when the run is replayed. {_remedy(name)}"
    )


def _remedy(name: str) -> str:
    parts = name.split(".")
    prefixes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((_REMEDIES[each] for each in prefixes if each in _REMEDIES), _ELSE)


def _place() -> str:
    """Where the application's own code is, and through which library it got there."""
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - one's callers
    through = ""
    while frame is not None:
        file = frame.f_code.co_filename
        if not is_installed_file(file) and not file.startswith("workflow_sandbox"):
            return f" at {file}:{frame.f_lineno}{through}"
        top = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        made = file.startswith("<")  # as the methods of dataclasses are: by whom, it does not say
        if (
            top
            and not made
            and top not in sys.stdlib_module_names
            and top not in {"temporalio", "everloom"}
        ):
            through = f" (through `{top}`)"
        frame = frame.f_back
    return ""
