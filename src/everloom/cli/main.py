"""The command line's door: the list of commands, and what becomes of errors. Imports little."""

import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType, TracebackType
from typing import Annotated, ClassVar

import typer
from typer.main import get_command

from everloom import __version__

from .exits import EPILOG, OK
from .lazy import Entry, LazyGroup


class Commands(LazyGroup):
    """Everything that can be typed after `everloom`."""

    entries: ClassVar[dict[str, Entry]] = {
        "dev": Entry(
            "everloom.cli.dev", "dev", "Run everything on this machine: Temporal, workers, API."
        ),
        "worker": Entry("everloom.cli.worker", "worker", "Run workers."),
        "api": Entry("everloom.cli.api", "api", "Serve the HTTP API."),
        "run": Entry("everloom.cli.run", "run", "Start a workflow."),
        "runs": Entry("everloom.cli.runs", "app", "List runs, look at them, steer and end them."),
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


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.excepthook = _report_unexpected
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Errors that people can cause are reported."""
    command = get_command(app)
    try:
        code = command.main(args=list(arguments), prog_name="everloom", standalone_mode=False)
    except Exception as error:
        reported: int | None = _failures().report(error, as_json="--json" in arguments)
        if reported is None:
            raise
        return reported
    return code if isinstance(code, int) else OK


def _report_unexpected(
    kind: type[BaseException],  # noqa: ARG001 - as `sys.excepthook` is called
    error: BaseException,
    trace: TracebackType | None,  # noqa: ARG001
) -> None:
    _failures().report_unexpected(error, as_json="--json" in sys.argv)


def _failures() -> ModuleType:
    """Imported late: it knows our errors, which know pydantic, and help needs neither."""
    return import_module("everloom.cli.failures")
