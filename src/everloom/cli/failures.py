"""Errors as people and programs see them: one block or one JSON document, never a trace."""

import json
import sys
import traceback
from typing import Any

import typer

from everloom.core import Conflict, EverloomError, Invalid, NotFound, Problem, Unavailable
from everloom.settings import load_settings

from .exits import AWAY, FAILED, INTERRUPTED, USAGE
from .visible import visible

_BY_CATEGORY: tuple[tuple[type[EverloomError], int], ...] = (
    (Invalid, USAGE),
    (NotFound, USAGE),
    (Conflict, FAILED),
    (Unavailable, AWAY),
)

_PROBLEMS_SHOWN = 20


class UsageInvalid(Invalid):
    """A command was typed in a way that it does not understand."""

    code = "usage"


class Unexpected(EverloomError):
    """Something went wrong that nobody foresaw: a mistake in Everloom or in an application."""

    code = "unexpected"


def exit_code(error: EverloomError) -> int:
    """The exit code that an error ends the command with."""
    return next((code for kind, code in _BY_CATEGORY if isinstance(error, kind)), FAILED)


def report(error: BaseException, *, as_json: bool, command: str = "everloom") -> int:
    """Report an error and return the exit code.

    Args:
        error: What ended the command.
        as_json: Also write it as a document.
        command: What was typed, for usage errors that do not know it.
    """
    if isinstance(error, typer.Abort):
        return INTERRUPTED
    if isinstance(error, typer.TyperException):
        return _report_usage(error, as_json=as_json, command=command)
    ours = find_ours(error)
    if ours is None:
        ours = _unexpected(error)
    show_error(ours, as_json=as_json)
    return exit_code(ours)


def find_ours(error: BaseException) -> EverloomError | None:
    """The error itself, or the first of ours in a group that tasks failed with together."""
    if isinstance(error, EverloomError):
        return error
    if isinstance(error, BaseExceptionGroup):
        inner: tuple[BaseException, ...] = error.exceptions  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - generic in its content
        return next((found for each in inner if (found := find_ours(each))), None)
    return None


def error_document(error: EverloomError) -> dict[str, Any]:
    """The error for programs."""
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "problems": [_problem_document(problem) for problem in error.problems],
        }
    }


def show_error(error: EverloomError, *, as_json: bool) -> None:
    """Write the block for people to standard error, and the document for programs to the output."""
    typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(visible(error.message), err=True)
    problems = [problem for problem in error.problems if not _is_said(problem, error.message)]
    for problem in problems[:_PROBLEMS_SHOWN]:
        typer.echo(visible(f"  - {problem.sentence()}"), err=True)
    if len(problems) > _PROBLEMS_SHOWN:
        typer.echo(f"  and {len(problems) - _PROBLEMS_SHOWN} more", err=True)
    if error.hint:
        typer.echo(visible(error.hint), err=True)
    typer.secho(f"code: {error.code}", dim=True, err=True)
    if as_json:
        typer.echo(json.dumps(error_document(error), ensure_ascii=False))


def _is_said(problem: Problem, message: str) -> bool:
    """Whether the line above it says the same already."""
    return not problem.place and not problem.hint and problem.message.rstrip(".") in message


def _problem_document(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "place": problem.place,
    }


def _report_usage(error: typer.TyperException, *, as_json: bool, command: str) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # typer's way to show help; it is no error
        typer.echo(error.format_message(), err=True)
        return USAGE
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context is not None else command
    message = error.format_message().strip()
    show_error(
        UsageInvalid(
            message if message.endswith((".", "?", "!")) else f"{message}.",
            hint=f"`{path} --help` shows what it takes.",
        ),
        as_json=as_json,
    )
    return USAGE


def _unexpected(error: BaseException) -> Unexpected:
    """A mistake of ours in one line; the trace only when everything is logged."""
    said = traceback.format_exception_only(error)[-1].strip()
    if _is_debugging():
        sys.stderr.write("".join(traceback.format_exception(error)))
        hint = "The trace stands above."
    else:
        hint = "Run it again with EVERLOOM_LOG__LEVEL=debug to see where."
    return Unexpected(f"Something unexpected went wrong: {said}", hint=hint)


def _is_debugging() -> bool:
    try:
        return load_settings().log.level == "debug"
    except EverloomError:
        return False
