"""The command line's door: the list of commands, and what becomes of errors. Imports little."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, ClassVar, NoReturn

import typer
from typer.main import get_command

from everloom import __version__

from .exits import EPILOG, OK
from .lazy import Entry, LazyGroup


class Commands(LazyGroup):
    """Everything that can be typed after `everloom`."""

    entries: ClassVar[dict[str, Entry]] = {
        "new": Entry(
            "everloom.cli.new",
            "new",
            "Make a project: a workflow, an activity, a schedule, tests, settings, a Dockerfile.",
        ),
        "dev": Entry(
            "everloom.cli.dev", "dev", "Run everything on this machine: Temporal, workers, API."
        ),
        "worker": Entry("everloom.cli.worker", "worker", "Run workers."),
        "api": Entry("everloom.cli.api", "api", "Serve the HTTP API."),
        "run": Entry("everloom.cli.run", "run", "Start a workflow."),
        "runs": Entry("everloom.cli.runs", "app", "List runs, look at them, steer and end them."),
        "definitions": Entry(
            "everloom.cli.definitions",
            "app",
            "Check, compile, show and run definitions; publish them in projects.",
        ),
        "projects": Entry(
            "everloom.cli.projects", "app", "Create projects, change them, place their workers."
        ),
        "host": Entry("everloom.cli.host", "host", "Carry the workers of projects."),
        "hosts": Entry(
            "everloom.cli.hosts", "app", "Look at the hosts that carry the workers of projects."
        ),
        "stats": Entry(
            "everloom.cli.stats", "app", "Show how runs and activities of projects did."
        ),
        "catalog": Entry(
            "everloom.cli.catalog",
            "catalog",
            "List workflows, messages, activities and schedules of the code.",
        ),
        "schedules": Entry(
            "everloom.cli.schedules", "app", "Plan, apply, list and steer schedules."
        ),
        "deploy": Entry(
            "everloom.cli.deploy",
            "app",
            "Look at versions of the workers, try, promote and roll back.",
        ),
        "payloads": Entry(
            "everloom.cli.payloads", "app", "List, show and clean up payloads in the object store."
        ),
        "replay": Entry("everloom.cli.replay", "replay", "Replay runs against the code on disk."),
        "log-level": Entry(
            "everloom.cli.log_level", "log_level", "Say more, or less, in the logs for a while."
        ),
        "doctor": Entry("everloom.cli.doctor", "doctor", "Find out what is wrong and what to do."),
        "settings": Entry(
            "everloom.cli.settings", "app", "Show every setting: value, source, meaning."
        ),
        "version": Entry("everloom.cli.version", "version", "Show the versions of what is used."),
    }


app = typer.Typer(cls=Commands, rich_markup_mode=None, no_args_is_help=True)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"everloom {__version__}")
        raise typer.Exit(OK)


@app.callback(epilog=EPILOG)
def everloom(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Durable workflows for Python teams, on Temporal."""


def main() -> NoReturn:
    """Run the command line and end the process with its exit code.

    The interpreter is not taken down in order: Temporal's SDK has threads that outlive the last
    command and would abort it now and then, after everything was done and said.
    """
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # who read it may be gone, and that is no failure
            stream.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are reported, never raised."""
    command = get_command(app)
    try:
        code = command.main(args=list(arguments), prog_name="everloom", standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - the last stop: whatever it is becomes one line
        # Imported late: it knows our errors, which know pydantic, and help needs neither.
        failures = import_module("everloom.cli.failures")
        return failures.report(error, as_json="--json" in arguments, command=_command_in(arguments))
    return code if isinstance(code, int) else OK


def _command_in(arguments: Sequence[str]) -> str:
    """The command that was typed, as far as one was: not every usage error knows it."""
    words = [word for word, _ in zip(arguments, range(2), strict=False) if word[:1] != "-"]
    entry = Commands.entries.get(words[0]) if words else None
    if entry is None:
        return "everloom"
    return " ".join(("everloom", *words[: 2 if entry.attribute == "app" else 1]))
