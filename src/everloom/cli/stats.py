"""`everloom stats`: how runs and activities of projects did."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import JsonFlag, ProjectName

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Show how runs and activities of projects did.",
)

Days = Annotated[int, typer.Option("--days", "-d", min=1, max=400, help="Of the last days.")]


@app.command(epilog=EPILOG)
def show(
    project: Annotated[
        str | None,
        typer.Argument(metavar="PROJECT", help="Its name, or OWNER/NAME; else all, in short."),
    ] = None,
    *,
    days: Days = 7,
    definition: Annotated[
        str | None, typer.Option("--definition", help="Only of NAMESPACE.NAME, or @VERSION of it.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Show totals of runs, and how each activity did.

    Attempts, failures, retries, p50, p95 and p99, the last error. Durations are those of attempts, exact to a tenth.
    """
    from .work import stats as work  # noqa: PLC0415 - help must not wait for it

    if project is None:
        work.show_all(days=days, as_json=json)
    else:
        work.show(project, days=days, definition=definition, as_json=json)


@app.command(epilog=EPILOG)
def analyze(project: ProjectName, *, days: Days = 7, json: JsonFlag = False) -> None:
    """Show what is slowest, what fails most, and the trend."""
    from .work import stats as work  # noqa: PLC0415 - help must not wait for it

    work.analyze(project, days=days, as_json=json)
