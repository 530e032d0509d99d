"""Which program runs a script or a shell command of a definition?

What a definition gives as arguments reaches the program as arguments, and its source as a file: no
part of it is ever put into a command line.
"""

import shutil
import sys
from collections.abc import Mapping

from everloom.flow import Json, step_fault

from .child import Command
from .limits import Limits
from .texts import text_of, texts_of, unusable, variables_of

JAVASCRIPT = ("js", "javascript")
PYTHON = ("python",)

SHELL = "/bin/sh"

NODE_SHARE = 3 / 4
"""The part of a script's memory that Node may use for objects. The rest is for Node itself."""


def script_command(given: Mapping[str, Json], code: str, limits: Limits) -> Command:
    """What runs a script.

    Args:
        given: `run.script`, evaluated.
        code: Its source.
        limits: What it may take.

    Raises:
        Fault: The language is none of ours, or nothing can be started with these arguments.
    """
    language = str(given.get("language", "")).lower()
    if language in PYTHON:
        program, name = (sys.executable, "-X", "utf8"), "script.py"
    elif language in JAVASCRIPT:
        program, name = _node(limits), "script.js"
    else:
        raise step_fault(
            "configuration",
            title="Language not supported",
            detail=f"Scripts are run in `python` and `js`, not in {language!r}.",
        )
    return Command(
        arguments=(*program, f"../{name}", *texts_of(given.get("arguments"), "`arguments`")),
        environment=variables_of(given.get("environment")),
        files={name: _source(code)},
        input=text_of(given.get("stdin"), "`stdin`"),
    )


def shell_command(given: Mapping[str, Json]) -> Command:
    """What runs a shell command: `$1` and so on are its arguments.

    Raises:
        Fault: Nothing can be started with these arguments.
    """
    command = text_of(given.get("command"), "`command`")
    if not command.strip():
        raise unusable("`command` is empty.")
    return Command(
        arguments=(SHELL, "-c", command, "sh", *texts_of(given.get("arguments"), "`arguments`")),
        environment=variables_of(given.get("environment")),
        input=text_of(given.get("stdin"), "`stdin`"),
    )


def _source(code: str) -> str:
    if not code.strip():
        raise unusable("The script is empty.")
    return text_of(code, "The script")


def _node(limits: Limits) -> tuple[str, ...]:
    found = shutil.which("node")
    if found is None:
        raise step_fault(
            "configuration",
            title="Node not found",
            detail="Scripts in JavaScript need the program `node` on the worker's machine.",
        )
    megabytes = max(16, int(limits.memory * NODE_SHARE / 1024**2))
    return (found, f"--max-old-space-size={megabytes}")
