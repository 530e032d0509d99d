"""The verbs of `everloom runs` that change runs or ask them something: one run, or all that fit."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import InProject, JsonFlag, Yes

app = typer.Typer(cls=LightGroup, add_completion=False, rich_markup_mode=None)

RunId = Annotated[str, typer.Argument(metavar="ID", help="Id of the run.", show_default=False)]
OneOrMany = Annotated[str | None, typer.Argument(metavar="ID", help="Id of the run; else --where.")]
Argument = Annotated[
    str | None, typer.Argument(metavar="[JSON]", help="What goes along; @FILE and @- work too.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Wire name.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; shown with the run.")]
Where = Annotated[
    str | None,
    typer.Option(
        "--where",
        metavar="WHAT=VALUE,…",
        help="All of the project that fit: status=running,type=NAME@VERSION,definition=NAME,"
        "version=VERSION,since=2h,until=10m.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="With --where: only show which ones they are.")
]


@app.command(epilog=EPILOG)
def cancel(
    id: OneOrMany = None,
    *,
    project: InProject = None,
    where: Where = None,
    dry_run: DryRun = False,
    reason: Reason = "",
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Ask a run to stop in an orderly way; it may clean up first.

    With --project and --where all runs that fit: shows them and asks.
    """
    from .work.executions import steering as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(
        id=id, project=project, where=where, dry_run=dry_run, reason=reason, yes=yes, as_json=json
    )
    raise typer.Exit(work.steer("cancel", call))


@app.command(epilog=EPILOG)
def terminate(
    id: OneOrMany = None,
    *,
    project: InProject = None,
    where: Where = None,
    dry_run: DryRun = False,
    reason: Reason = "",
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """End a run at once; its code gets no chance to clean up.

    With --project and --where all runs that fit: shows them and asks.
    """
    from .work.executions import steering as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(
        id=id, project=project, where=where, dry_run=dry_run, reason=reason, yes=yes, as_json=json
    )
    raise typer.Exit(work.steer("terminate", call))


@app.command(epilog=EPILOG)
def pause(
    id: OneOrMany = None,
    *,
    project: InProject = None,
    where: Where = None,
    dry_run: DryRun = False,
    reason: Reason = "",
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Let a run begin nothing new until it is resumed; what it does already goes on.

    With --project and --where all runs that fit: shows them and asks. Not every server can do it.
    """
    from .work.executions import steering as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(
        id=id, project=project, where=where, dry_run=dry_run, reason=reason, yes=yes, as_json=json
    )
    raise typer.Exit(work.steer("pause", call))


@app.command(epilog=EPILOG)
def resume(
    id: OneOrMany = None,
    *,
    project: InProject = None,
    where: Where = None,
    dry_run: DryRun = False,
    reason: Reason = "",
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Let a paused run go on.

    With --project and --where all runs that fit: shows them and asks.
    """
    from .work.executions import steering as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(
        id=id, project=project, where=where, dry_run=dry_run, reason=reason, yes=yes, as_json=json
    )
    raise typer.Exit(work.steer("resume", call))


@app.command(epilog=EPILOG)
def signal(
    id: RunId,
    name: Name,
    argument: Argument = None,
    *,
    project: InProject = None,
    json: JsonFlag = False,
) -> None:
    """Send a signal to a run."""
    from .work.executions import messages as work  # noqa: PLC0415 - help must not wait for it

    work.send("signal", id, name, argument, project=project, as_json=json)


@app.command(epilog=EPILOG)
def query(
    id: RunId,
    name: Name,
    argument: Argument = None,
    *,
    project: InProject = None,
    json: JsonFlag = False,
) -> None:
    """Ask a run something and print its answer."""
    from .work.executions import messages as work  # noqa: PLC0415 - help must not wait for it

    work.send("query", id, name, argument, project=project, as_json=json)


@app.command(epilog=EPILOG)
def update(
    id: RunId,
    name: Name,
    argument: Argument = None,
    *,
    project: InProject = None,
    json: JsonFlag = False,
) -> None:
    """Send an update to a run, wait for it and print its answer."""
    from .work.executions import messages as work  # noqa: PLC0415 - help must not wait for it

    work.send("update", id, name, argument, project=project, as_json=json)
