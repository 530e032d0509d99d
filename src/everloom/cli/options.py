"""Options that several commands share. Light: help must not wait for anything else."""

from typing import Annotated

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ProjectName = Annotated[
    str,
    typer.Argument(metavar="PROJECT", help="Its name, or OWNER/NAME.", show_default=False),
]
OfProject = Annotated[
    str,
    typer.Option("--project", "-p", help="Name of the project, or OWNER/NAME.", show_default=False),
]
InProject = Annotated[
    str | None,
    typer.Option("--project", "-p", help="In this project: its name, or OWNER/NAME."),
]
