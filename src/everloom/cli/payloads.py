"""`everloom payloads`: look at stored payloads, and delete those that nothing refers to."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import JsonFlag

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog=EPILOG,
    help="List, show and clean up payloads in the object store.",
)


@app.command("list", epilog=EPILOG)
def list_payloads(
    *,
    run: Annotated[
        str | None, typer.Option("--run", "-r", help="Only of runs with this id.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most.")] = 20,
    json: JsonFlag = False,
) -> None:
    """List stored payloads, the newest first."""
    from .work import payloads as work  # noqa: PLC0415 - help must not wait for it

    work.list_all(run=run, limit=limit, as_json=json)


@app.command(epilog=EPILOG)
def show(
    payload: Annotated[
        str, typer.Argument(metavar="PAYLOAD", help="The beginning of its hash, or its key.")
    ],
    *,
    json: JsonFlag = False,
) -> None:
    """Show what a stored payload holds; long values are shortened, with --json they are whole."""
    from .work import payloads as work  # noqa: PLC0415 - help must not wait for it

    work.show(payload, as_json=json)


@app.command(epilog=EPILOG)
def clean(
    *,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="DURATION", help="Instead of payloads.retention."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="Also if they seem to belong to another Temporal."),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Delete stored payloads that no schedule, run or history refers to.

    Reads every history that Temporal still has, so it takes its time. Never touches what is younger
    than 2d, and deletes nothing unless it could read everything.
    """
    from .work import payloads as work  # noqa: PLC0415 - help must not wait for it

    work.clean(older_than=older_than, dry_run=dry_run, take_over=take_over, as_json=json)
