"""`commands.md`: the help of every command."""

from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from everloom.cli.exits import MEANINGS
from everloom.cli.lazy import LazyGroup, load_command
from everloom.cli.main import app

_HEAD = """# Commands

Made from the code by `python -m everloom.cli.reference`. Data goes to standard output, talk to
standard error; with `--json` standard output carries exactly one JSON document, and an error is
`{"error": {"code", "message", "hint", "problems"}}`. [Errors](errors.md) lists the codes.

| exit code | meaning |
|---|---|
"""

_WIDTH = 80


def commands_page() -> str:
    """The page."""
    exits = "".join(f"| {code} | {meaning} |\n" for code, meaning in MEANINGS.items())
    parts = [_HEAD + exits]
    for name, text in _helps("everloom", get_command(app), None):
        parts.append(f"## `{name}`\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _helps(name: str, command: Any, parent: Any) -> Iterator[tuple[str, str]]:
    """The help of a command and of all below it."""
    context = command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=_WIDTH
    )
    yield context.command_path, _trimmed(context.get_help())
    if not isinstance(command, TyperGroup):
        return
    for below in command.list_commands(context):
        if isinstance(command, LazyGroup):
            found = load_command(below, command.entries[below])
        else:
            found: Any = command.get_command(context, below)
        yield from _helps(below, found, context)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())
