"""`everloom run`: start a workflow, and follow it."""

from typing import Annotated

import typer

from .options import InProject, JsonFlag


def run(
    workflow: Annotated[
        str,
        typer.Argument(
            help="Wire name of the workflow; in a project NAMESPACE.NAME.", show_default=False
        ),
    ],
    *,
    project: InProject = None,
    input: Annotated[
        str | None,
        typer.Option(
            "--input", "-i", metavar="JSON|@FILE|@-", help="The input; @- reads standard input."
        ),
    ] = None,
    id: Annotated[
        str | None, typer.Option("--id", help="Id of the run; starting twice with it is safe.")
    ] = None,
    queue: Annotated[
        str | None,
        typer.Option("--queue", "-q", help="Another queue; also for workflows unknown here."),
    ] = None,
    start_delay: Annotated[
        str | None, typer.Option("--start-delay", metavar="DURATION", help="Begin later: 30s, 5m.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option("--version", help="In a project: of this version; else of the active one."),
    ] = None,
    priority: Annotated[
        int | None,
        typer.Option("--priority", min=1, max=5, help="In a project: 1 goes first, 5 last."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Show how it goes until it ends.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the end and print the result.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Start a workflow.

    The input is checked before anything starts. Prints the run's id and where to look; with --wait
    or --follow its result. Ctrl-C ends the waiting, not the run. Starting twice with one --id finds
    the first run.

    With --project the definition of that name which the project has published; its worker serves it.
    """
    from .work import running as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(
        workflow=workflow,
        input=input,
        id=id,
        queue=queue,
        start_delay=start_delay,
        follow=follow,
        wait=wait or follow,
        as_json=json,
    )
    _check(project, queue=queue, version=version, priority=priority)
    if project is None:
        raise typer.Exit(work.run(call))
    from .work.executions import starting  # noqa: PLC0415 - it brings the database along

    wanted = starting.Wanted(project=project, version=version, priority=priority)
    raise typer.Exit(starting.run(call, wanted))


def _check(
    project: str | None, *, queue: str | None, version: str | None, priority: int | None
) -> None:
    """Refuse what says nothing: a project has one queue; other runs have no version of their own."""
    from .failures import UsageInvalid  # noqa: PLC0415 - help must not wait for it

    if project is not None and queue is not None:
        raise UsageInvalid(
            "A project has one queue, so `--queue` says nothing.", hint="Leave it out."
        )
    if project is None and (version is not None or priority is not None):
        raise UsageInvalid(
            "`--version` and `--priority` are about a run of a project, and none is named.",
            hint="Name it: `--project NAME`.",
        )
