"""`everloom schedules`: bring Temporal's schedules in line with the code, and steer them."""

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
    help="Plan, apply, list and steer schedules.",
)

ScheduleId = Annotated[
    str, typer.Argument(metavar="ID", help="Id of the schedule.", show_default=False)
]
Note = Annotated[str, typer.Option("--note", "-n", help="Why; shown with the schedule.")]
Overlap = Annotated[
    str | None,
    typer.Option(
        "--overlap",
        help="Instead of the declared one: skip, buffer-one, buffer-all, cancel-other, "
        "terminate-other, allow-all.",
    ),
]
Prune = Annotated[
    bool, typer.Option("--prune", help="Also delete ours that the code no longer declares.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command(epilog=EPILOG)
def plan(*, prune: Prune = False, json: JsonFlag = False) -> None:
    """Show what `apply` would change. Changes nothing."""
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    work.show_plan(prune=prune, as_json=json)


@app.command(epilog=EPILOG)
def apply(*, prune: Prune = False, yes: Yes = False, json: JsonFlag = False) -> None:
    """Show the changes, ask, and make them.

    A changed schedule is changed in place: its history stays, and whether somebody paused it. What
    Everloom did not make is never touched. Needs --yes where nobody can be asked.
    """
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.apply(prune=prune, yes=yes, as_json=json))


@app.command("list", epilog=EPILOG)
def list_schedules(*, json: JsonFlag = False) -> None:
    """List the schedules that Everloom made, with their next runs in local time."""
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    work.list_schedules(as_json=json)


@app.command(epilog=EPILOG)
def pause(id: ScheduleId, *, note: Note = "", json: JsonFlag = False) -> None:
    """Let a schedule start nothing until it is unpaused."""
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    work.pause(id, note, as_json=json)


@app.command(epilog=EPILOG)
def unpause(id: ScheduleId, *, note: Note = "", json: JsonFlag = False) -> None:
    """Let a paused schedule go on."""
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    work.unpause(id, note, as_json=json)


@app.command(epilog=EPILOG)
def trigger(id: ScheduleId, *, overlap: Overlap = None, json: JsonFlag = False) -> None:
    """Start a run of a schedule now, also while it is paused."""
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    work.trigger(id, overlap, as_json=json)


@app.command(epilog=EPILOG)
def backfill(
    id: ScheduleId,
    *,
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TIME",
            help="2026-03-01 or 2026-03-01T06:00; local time.",
            show_default=False,
        ),
    ],
    end: Annotated[
        str,
        typer.Option("--to", metavar="TIME", help="End; belongs to it.", show_default=False),
    ],
    overlap: Overlap = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Start the runs of a time that has passed, as if it passed now.

    Says first how many there are, and asks. With the overlap `skip` most of them would be left out:
    choose `buffer-all` or `allow-all`.
    """
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    call = work.Backfill(id=id, start=start, end=end, overlap=overlap, yes=yes, as_json=json)
    raise typer.Exit(work.backfill(call))


@app.command(epilog=EPILOG)
def delete(id: ScheduleId, *, yes: Yes = False, json: JsonFlag = False) -> None:
    """Delete a schedule that Everloom made. Runs that it started go on."""
    from .work import schedules as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.delete(id, yes=yes, as_json=json))
