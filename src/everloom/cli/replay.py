"""`everloom replay`: can the runs that are there go on with the code on disk?"""

from typing import Annotated

import typer

from .options import JsonFlag


def replay(
    *,
    workflow: Annotated[
        list[str] | None,
        typer.Option("--workflow", "-w", metavar="NAME", help="Only of this; may be repeated."),
    ] = None,
    open_limit: Annotated[
        int, typer.Option("--open", min=0, metavar="N", help="Open runs of each type, at most.")
    ] = 20,
    recent: Annotated[
        int, typer.Option("--recent", min=0, metavar="N", help="Closed runs of each, at most.")
    ] = 20,
    since: Annotated[
        str, typer.Option("--since", metavar="DURATION", help="How far back closed runs may lie.")
    ] = "7d",
    id: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="ID", help="Only this run; may be repeated."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FOLDER|FILE",
            help="Recorded histories instead of Temporal's.",
            show_default=False,
        ),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="FOLDER", help="Keep the histories, for --from."),
    ] = None,
    junit: Annotated[
        str | None, typer.Option("--junit", metavar="FILE", help="Write a report for CI.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Replay runs against the code on disk.

    Takes open and recent runs of every workflow type and replays their histories, in the sandbox and
    with the converter of the workers. For each run that could not go on it names the event, the line
    of the code and what to do. Only reads: no worker is needed, and no run notices.

    Recorded histories hold what runs were given and what they got; encrypted payloads stay so.
    """
    from .work.replay import Replay, replay_runs  # noqa: PLC0415 - help must not wait for it

    call = Replay(
        workflows=tuple(workflow or ()),
        open_limit=open_limit,
        recent=recent,
        since=since,
        ids=tuple(id or ()),
        source=source,
        record=record,
        junit=junit,
        as_json=json,
    )
    raise typer.Exit(replay_runs(call))
