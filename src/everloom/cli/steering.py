"""The verbs of `everloom runs` that change runs or ask them something: one run, or all that fit."""

from typing import Annotated, Literal

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
    _steer("cancel", project, (id, where, reason), dry_run=dry_run, yes=yes, as_json=json)


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
    _steer("terminate", project, (id, where, reason), dry_run=dry_run, yes=yes, as_json=json)


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
    _steer("pause", project, (id, where, reason), dry_run=dry_run, yes=yes, as_json=json)


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
    _steer("resume", project, (id, where, reason), dry_run=dry_run, yes=yes, as_json=json)


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
    _send("signal", id, name, argument, project=project, as_json=json)


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
    _send("query", id, name, argument, project=project, as_json=json)


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
    _send("update", id, name, argument, project=project, as_json=json)


def _steer(
    action: Literal["cancel", "terminate", "pause", "resume"],
    project: str | None,
    which: tuple[str | None, str | None, str],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    from .work import steering as work  # noqa: PLC0415 - help must not wait for it

    id, where, reason = which
    call = work.Call(id=id, where=where, dry_run=dry_run, reason=reason, yes=yes, as_json=as_json)
    if project is None:
        work.steer(action, call)
        return
    from .work.executions import steering  # noqa: PLC0415 - it brings the database along

    raise typer.Exit(steering.steer(action, call, project))


def _send(
    kind: Literal["signal", "query", "update"],
    id: str,
    name: str,
    argument: str | None,
    *,
    project: str | None,
    as_json: bool,
) -> None:
    if project is None:
        from .work import messages as work  # noqa: PLC0415 - help must not wait for it

        work.send(kind, id, name, argument, as_json=as_json)
        return
    from .work.executions import messages  # noqa: PLC0415 - it brings the database along

    messages.send(kind, id, name, argument, project=project, as_json=as_json)
