"""Options that several commands share. Light: help must not wait for anything else."""

from typing import Annotated

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
