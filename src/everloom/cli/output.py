"""Where a command writes: data to standard output, talk to standard error.

Rich decides itself what a terminal can show. Into a pipe goes plain text, each row in one line: ids
and addresses that are folded can neither be copied nor found.
"""

from collections.abc import Iterable, Sequence

import typer
from pydantic_core import to_json
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .visible import visible

_NEVER_FOLDED = 100_000
"""Columns of what is no terminal: more than any row has."""


class Output:
    """One command's two streams."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.data = Console(soft_wrap=False, highlight=False)
        if not self.data.is_terminal:
            self.data.width = _NEVER_FOLDED
        self.talk = Console(stderr=True, highlight=False)

    def document(self, document: object) -> None:
        """Write the one JSON document of the command."""
        typer.echo(to_json(document, indent=2).decode())

    def line(self, text: str) -> None:
        """Write a line of data as it is: never wrapped, never styled."""
        typer.echo(text)

    def say(self, text: str) -> None:
        """Tell people something that is no data."""
        self.talk.print(Text(visible(text)), soft_wrap=True)

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, sparse: bool = False
    ) -> None:
        """Write a table that fits the terminal; there, long cells go on in the next line.

        Args:
            headings: Names of the columns.
            rows: The cells.
            sparse: In a terminal, leave out columns that say nothing.
        """
        if sparse and self.data.is_terminal:
            headings, rows = _without_empty(headings, list(rows))
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, heading in enumerate(headings):
            # What comes first is mostly a name, which somebody wants to copy.
            table.add_column(heading, overflow="fold", no_wrap=place == 0)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.data.print(table)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Write names and values below one another; empty values are left out."""
        rows = [(name, value) for name, value in facts if value]
        width = max((len(name) for name, _ in rows), default=0) + 2
        for name, value in rows:
            below = value.replace("\n", "\n" + " " * width)
            # The terminal itself folds long values: so an address can still be clicked and copied.
            line = Text.assemble((name.ljust(width), "bold"), below)
            self.data.print(line, soft_wrap=True)

    def setting(self, name: str, value: str, source: str, meaning: str) -> None:
        """Write a setting: what it is and where from in one line, its meaning below."""
        head = Text.assemble((name, "bold"), " = ", (value, "cyan"), (f"  ({source})", "dim"))
        self.data.print(head, soft_wrap=True)
        self._below(meaning, 4)

    def value(self, value: object) -> None:
        """Write a result: text as it is, anything else as JSON for people.

        A terminal gets a text without control characters; a file or another program gets all of it.
        """
        text = value if isinstance(value, str) else to_json(value, indent=2).decode()
        typer.echo(visible(text) if self.data.is_terminal else text)

    def heading(self, text: str) -> None:
        """Write a heading between two parts."""
        self.data.print()
        self.data.print(Text(text, "bold"))

    def finding(self, level: str, style: str, message: str, remedy: str) -> None:
        """Write what was found about one thing, and below it what to do."""
        self.data.print(Text.assemble((f"{level:<8}", style), message), soft_wrap=True)
        if remedy:
            self._below(remedy, 8)

    def _below(self, text: str, indent: int) -> None:
        """Write a paragraph that belongs to the line above it."""
        width = max(self.data.width - indent, 20)
        for line in Text(text).wrap(self.data, width):
            line.rstrip()
            self.data.print(Text(" " * indent) + line, soft_wrap=True)


def _without_empty(
    headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    kept = [number for number in range(len(headings)) if any(row[number] for row in rows)]
    return [headings[number] for number in kept], [[row[number] for number in kept] for row in rows]
