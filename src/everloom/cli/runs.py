"""`everloom runs`: list runs, look at them, steer and end them."""

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
    help="List runs, look at them, steer and end them.",
)

RunId = Annotated[str, typer.Argument(metavar="ID", help="Id of the run.", show_default=False)]
Argument = Annotated[
    str | None, typer.Argument(metavar="[JSON]", help="What goes along; @FILE and @- work too.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Wire name.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; shown with the run.")]


@app.command("list", epilog=EPILOG)
def list_runs(
    *,
    workflow: Annotated[
        str | None, typer.Option("--workflow", "-w", help="Only of this workflow.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            "-s",
            help="Only running, completed, failed, cancelled, terminated, timed-out.",
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", help="A visibility query of Temporal's own.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most.")] = 20,
    json: JsonFlag = False,
) -> None:
    """List runs, the newest first."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.list_runs(workflow=workflow, status=status, query=query, limit=limit, as_json=json)


@app.command(epilog=EPILOG)
def show(id: RunId, *, json: JsonFlag = False) -> None:
    """Show one run: status, input, result, what it is doing and why it failed."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.show_run_page(id, as_json=json)


@app.command(epilog=EPILOG)
def why(id: RunId, *, json: JsonFlag = False) -> None:
    """Say in one sentence why a run does not go on.

    With what that is concluded from, and what to do. ID may name exactly one run: ID@RUN-ID.
    """
    from .work import why as work  # noqa: PLC0415 - help must not wait for it

    work.show_why(id, as_json=json)


@app.command(epilog=EPILOG)
def compare(
    a: Annotated[
        str,
        typer.Argument(metavar="A", help="ID, ID@RUN-ID or a history file.", show_default=False),
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="As A.", show_default=False)],
    *,
    json: JsonFlag = False,
) -> None:
    """Lay two histories side by side and show where they part.

    What was done, in which order, with which inputs and results. Exit code 0: no difference; 1: they
    differ.
    """
    from .work import compare as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.compare(a, b, as_json=json))


@app.command(epilog=EPILOG)
def reset(
    id: RunId,
    *,
    to_event: Annotated[
        int | None, typer.Option("--to-event", metavar="N", help="The end of a workflow task.")
    ] = None,
    to_task: Annotated[
        str | None, typer.Option("--to-task", help="first: from the beginning; last.")
    ] = None,
    to_activity: Annotated[
        str | None,
        typer.Option(
            "--to-activity", metavar="NAME", help="Do the last call of this activity again."
        ),
    ] = None,
    reason: Reason = "",
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", help="Do not hand over again what came later: signals, updates."),
    ] = None,
    on_version: Annotated[
        str | None,
        typer.Option(
            "--on-version",
            metavar="VERSION",
            help="Pin the new run to this version of the workers.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done again.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: JsonFlag = False,
) -> None:
    """Do a part of a run again, from an earlier point.

    A new run of the same id goes on from there. Shows what will be done again, and asks. A run
    that is under way is ended by it.
    """
    from .work import reset as work  # noqa: PLC0415 - help must not wait for it

    call = work.Reset(
        id=id,
        event=to_event,
        task=to_task,
        activity=to_activity,
        reason=reason,
        dropped=drop or (),
        version=on_version,
        dry_run=dry_run,
        yes=yes,
        as_json=json,
    )
    raise typer.Exit(work.reset(call))


@app.command(epilog=EPILOG)
def cancel(id: RunId, *, reason: Reason = "", json: JsonFlag = False) -> None:
    """Ask a run to stop in an orderly way; it may clean up first."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.cancel(id, reason, as_json=json)


@app.command(epilog=EPILOG)
def terminate(id: RunId, *, reason: Reason = "", json: JsonFlag = False) -> None:
    """End a run at once; its code gets no chance to clean up."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.terminate(id, reason, as_json=json)


@app.command(epilog=EPILOG)
def signal(id: RunId, name: Name, argument: Argument = None, *, json: JsonFlag = False) -> None:
    """Send a signal to a run."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.signal(id, name, argument, as_json=json)


@app.command(epilog=EPILOG)
def query(id: RunId, name: Name, argument: Argument = None, *, json: JsonFlag = False) -> None:
    """Ask a run something and print its answer."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.query(id, name, argument, as_json=json)


@app.command(epilog=EPILOG)
def update(id: RunId, name: Name, argument: Argument = None, *, json: JsonFlag = False) -> None:
    """Send an update to a run, wait for it and print its answer."""
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.update(id, name, argument, as_json=json)
