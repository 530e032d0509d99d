"""Where a command writes: data to standard output, talk to standard error.

Rich decides itself what a terminal can show; into a pipe go plain text and 80 columns.
"""

from collections.abc import Iterable, Sequence

import typer
from pydantic_core import to_json
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


class Output:
    """One command's two streams."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.data = Console(soft_wrap=False, highlight=False)
        self.talk = Console(stderr=True, highlight=False)

    def document(self, document: object) -> None:
        """Write the one JSON document of the command."""
        typer.echo(to_json(document, indent=2).decode())

    def line(self, text: str) -> None:
        """Write a line of data as it is: never wrapped, never styled."""
        typer.echo(text)

    def say(self, text: str) -> None:
        """Tell people something that is no data."""
        self.talk.print(Text(text), soft_wrap=True)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table that fits the terminal; long cells go on in the next line."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.data.print(table)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Write names and values below one another; empty values are left out."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style="bold")
        grid.add_column(overflow="fold")
        for name, value in facts:
            if value:
                grid.add_row(name, Text(value))
        self.data.print(grid)

    def setting(self, name: str, value: str, source: str, meaning: str) -> None:
        """Write a setting: what it is and where from in one line, its meaning below."""
        head = Text.assemble((name, "bold"), " = ", (value, "cyan"), (f"  ({source})", "dim"))
        self.data.print(head, soft_wrap=True)
        self.data.print(Padding(Text(meaning), (0, 0, 0, 4), expand=False))

    def value(self, value: object) -> None:
        """Write a result: text as it is, anything else as JSON for people."""
        typer.echo(value if isinstance(value, str) else to_json(value, indent=2).decode())

    def heading(self, text: str) -> None:
        """Write a heading between two parts."""
        self.data.print()
        self.data.print(Text(text, "bold"))

    def finding(self, level: str, style: str, message: str, remedy: str) -> None:
        """Write what was found about one thing, and below it what to do."""
        self.data.print(Text.assemble((f"{level:<8}", style), message), soft_wrap=True)
        if remedy:
            self.data.print(Padding(Text(remedy), (0, 0, 0, 8), expand=False))
