"""`everloom runs`: list runs, look at them, steer and end them."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import InProject, JsonFlag, OfProject
from .steering import app as steering

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog=EPILOG,
    help="List runs, look at them, steer and end them.",
)

RunId = Annotated[str, typer.Argument(metavar="ID", help="Id of the run.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; shown with the run.")]


@app.command("list", epilog=EPILOG)
def list_runs(
    *,
    project: InProject = None,
    workflow: Annotated[
        str | None,
        typer.Option(
            "--workflow", "-w", help="Only of this workflow; in a project also NAME@VERSION."
        ),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            "-s",
            help="Only running, paused, completed, failed, cancelled, terminated, timed-out.",
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", help="A visibility query of Temporal's own.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DURATION", help="In a project: begun within the last 2h."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most.")] = 20,
    json: JsonFlag = False,
) -> None:
    """List runs, the newest first.

    With --project from its store: also those that Temporal has forgotten.
    """
    if project is not None:
        from .work.executions import listing  # noqa: PLC0415 - help must not wait for it

        wanted = listing.Wanted(
            workflow=workflow, status=status, query=query, since=since, limit=limit
        )
        listing.list_all(project, wanted, as_json=json)
        return
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.list_runs(workflow=workflow, status=status, query=query, limit=limit, as_json=json)


@app.command(epilog=EPILOG)
def show(id: RunId, *, project: InProject = None, json: JsonFlag = False) -> None:
    """Show one run: status, input, result, what it is doing and why it failed."""
    if project is not None:
        from .work.executions import listing  # noqa: PLC0415 - help must not wait for it

        listing.show(id, project, as_json=json)
        return
    from .work import runs as work  # noqa: PLC0415 - help must not wait for it

    work.show_run_page(id, as_json=json)


@app.command(epilog=EPILOG)
def why(id: RunId, *, project: InProject = None, json: JsonFlag = False) -> None:
    """Say in one sentence why a run does not go on.

    With what that is concluded from, and what to do. ID may name exactly one run: ID@RUN-ID. With
    --project in the words of the definition: the task that it waits at.
    """
    if project is not None:
        from .work.executions import reasons  # noqa: PLC0415 - help must not wait for it

        reasons.show_why(id, project, as_json=json)
        return
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
    project: InProject = None,
    json: JsonFlag = False,
) -> None:
    """Lay two histories side by side and show where they part.

    What was done, in which order, with which inputs and results; with --project task by task. Exit
    code 0: no difference; 1: they differ.
    """
    if project is not None:
        from .work.executions import reasons  # noqa: PLC0415 - help must not wait for it

        raise typer.Exit(reasons.compare(a, b, project, as_json=json))
    from .work import compare as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.compare(a, b, as_json=json))


@app.command(epilog=EPILOG)
def reset(
    id: RunId,
    *,
    project: InProject = None,
    to_event: Annotated[
        int | None, typer.Option("--to-event", metavar="N", help="The end of a workflow task.")
    ] = None,
    to_task: Annotated[
        str | None,
        typer.Option(
            "--to-task",
            metavar="TASK",
            help="first: from the beginning; last. In a project also a task: /do/1/charge.",
        ),
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
    if project is None:
        raise typer.Exit(work.reset(call))
    from .work.executions import resetting  # noqa: PLC0415 - it brings the database along

    raise typer.Exit(resetting.reset(call, project))


@app.command(epilog=EPILOG)
def timeline(
    id: RunId,
    *,
    project: OfProject,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")
    ] = False,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="POSITION", help="Only what came after this position."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most.")] = 500,
    json: JsonFlag = False,
) -> None:
    """Show the tasks of a run of a definition: when, how long, what came of them.

    With --follow and --json one JSON object a line, each with the position that --after takes.
    """
    from .work.executions import timeline as work  # noqa: PLC0415 - help must not wait for it

    work.show(id, project, follow=follow, after=after, limit=limit, as_json=json)


app.add_typer(steering)
