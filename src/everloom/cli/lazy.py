"""Commands that are imported only when they are called.

Help and completion need the names and one-line summaries of all commands, but the code of none: it
would bring Temporal's SDK and the web framework along, and `everloom --help` would take a second.
For the same reason nothing here or in `main` imports pydantic or `typing_extensions`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from .exits import EPILOG


@dataclass(frozen=True)
class Entry:
    """A command that is not imported yet."""

    module: str
    """Where it is written."""

    attribute: str
    """A function, or a `typer.Typer` with commands of its own."""

    summary: str
    """The first line of its help; a test holds the two together."""


def load_command(name: str, entry: Entry) -> Any:
    """Import a command and return what typer makes of it."""
    found: Callable[..., Any] | typer.Typer = getattr(import_module(entry.module), entry.attribute)
    if isinstance(found, typer.Typer):
        command = get_command(found)
    else:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name, epilog=EPILOG)(found)
        command = get_command(alone)
    command.name = name
    return command


class LightGroup(TyperGroup):
    """A group whose own options cost nothing when a command below it is called.

    Typer gives `--help` and the options for completion no default. To read "not given" it would load
    pydantic, at each start: 0.15 s.
    """

    def get_params(self, ctx: Any) -> list[Any]:  # pyright: ignore[reportImplicitOverride] - see the module
        """The options, those that are switches with `False` as default."""
        found: list[Any] = list(super().get_params(ctx))
        for option in found:
            if getattr(option, "is_flag", False) and option.default is None:
                option.default = False
        return found


class LazyGroup(LightGroup):
    """A group of commands that are imported when they are called."""

    entries: ClassVar[dict[str, Entry]] = {}
    """The commands, in the order of the help."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, entry in self.entries.items():
            placeholder = TyperCommand(name, help=entry.summary, short_help=entry.summary)
            self.add_command(placeholder)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # pyright: ignore[reportImplicitOverride] - see the module
        """Names in the order of the help."""
        return list(self.entries)

    def resolve_command(  # pyright: ignore[reportImplicitOverride] - see the module
        self, ctx: Any, args: list[str]
    ) -> tuple[str | None, Any, list[str]]:
        """Import the command that was typed."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        if name is None:
            return name, placeholder, rest
        return name, load_command(name, self.entries[name]), rest
