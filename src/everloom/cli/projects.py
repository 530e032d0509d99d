"""`everloom projects`: create projects, change them, place their workers."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import JsonFlag, ProjectName, Yes

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Create projects, change them, place their workers.",
)

Title = Annotated[str | None, typer.Option("--title", help="What people call it.")]
Description = Annotated[str | None, typer.Option("--description", help="What it is for.")]
Priority = Annotated[
    int | None,
    typer.Option("--priority", help="Of its runs, 1 to 5: 1 goes first. New projects have 3."),
]
Activities = Annotated[
    str | None,
    typer.Option("--activities", metavar="N|default", help="Activities that run at once."),
]
Starts = Annotated[
    str | None,
    typer.Option("--starts-per-minute", metavar="N|default", help="Runs started a minute."),
]
DefinitionSize = Annotated[
    str | None,
    typer.Option("--definition-size", metavar="SIZE|default", help="Largest definition: 512KiB."),
]
PayloadSize = Annotated[
    str | None,
    typer.Option("--payload-size", metavar="SIZE|default", help="Largest input of a run."),
]
RollBack = Annotated[
    str | None,
    typer.Option(
        "--roll-back",
        metavar="SHARE|off",
        help="Leave a version again by itself when this share of its runs fails: 20%.",
    ),
]
RollBackRuns = Annotated[
    int | None,
    typer.Option("--roll-back-runs", metavar="N", help="Ended runs before that is judged: 20."),
]
RollBackWindow = Annotated[
    str | None,
    typer.Option(
        "--roll-back-window",
        metavar="DURATION",
        help="How long a version is watched after its activation: 10m.",
    ),
]


@app.command(epilog=EPILOG)
def create(
    name: ProjectName,
    *,
    title: Title = None,
    description: Description = None,
    priority: Priority = None,
    activities: Activities = None,
    starts_per_minute: Starts = None,
    definition_size: DefinitionSize = None,
    payload_size: PayloadSize = None,
    roll_back: RollBack = None,
    roll_back_runs: RollBackRuns = None,
    roll_back_window: RollBackWindow = None,
    json: JsonFlag = False,
) -> None:
    """Create a project.

    Its runs and its worker have a queue of their own, OWNER-NAME. What is not limited here is limited
    by the settings `projects`.
    """
    from .work.projects import keeping as work  # noqa: PLC0415 - help must not wait for it

    wanted = work.Wanted(
        title=title,
        description=description,
        priority=priority,
        activities=activities,
        starts_per_minute=starts_per_minute,
        definition_size=definition_size,
        payload_size=payload_size,
        roll_back=roll_back,
        roll_back_runs=roll_back_runs,
        roll_back_window=roll_back_window,
    )
    work.create(name, wanted, as_json=json)


@app.command("list", epilog=EPILOG)
def list_projects(
    *,
    owner: Annotated[str | None, typer.Option("--owner", help="Only of this user.")] = None,
    json: JsonFlag = False,
) -> None:
    """List projects with their workers."""
    from .work.projects import showing as work  # noqa: PLC0415 - help must not wait for it

    work.list_projects(owner, as_json=json)


@app.command(epilog=EPILOG)
def show(name: ProjectName, *, json: JsonFlag = False) -> None:
    """Show a project: limits, worker, definitions."""
    from .work.projects import showing as work  # noqa: PLC0415 - help must not wait for it

    work.show(name, as_json=json)


@app.command("set", epilog=EPILOG)
def set_(
    name: ProjectName,
    *,
    title: Title = None,
    description: Description = None,
    priority: Priority = None,
    activities: Activities = None,
    starts_per_minute: Starts = None,
    definition_size: DefinitionSize = None,
    payload_size: PayloadSize = None,
    roll_back: RollBack = None,
    roll_back_runs: RollBackRuns = None,
    roll_back_window: RollBackWindow = None,
    json: JsonFlag = False,
) -> None:
    """Change a project: what is not named stays as it is.

    `default` gives a limit back to the settings, `--roll-back off` ends automatic roll-backs.
    """
    from .work.projects import keeping as work  # noqa: PLC0415 - help must not wait for it

    wanted = work.Wanted(
        title=title,
        description=description,
        priority=priority,
        activities=activities,
        starts_per_minute=starts_per_minute,
        definition_size=definition_size,
        payload_size=payload_size,
        roll_back=roll_back,
        roll_back_runs=roll_back_runs,
        roll_back_window=roll_back_window,
    )
    work.change(name, wanted, as_json=json)


@app.command(epilog=EPILOG)
def delete(
    name: ProjectName,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also while runs are open: nobody serves them then.")
    ] = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Delete a project with its definitions, versions and statistics.

    Refused while runs are open. The log of who changed what stays.
    """
    from .work.projects import keeping as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.delete(name, force=force, yes=yes, as_json=json))


@app.command(epilog=EPILOG)
def export(
    name: ProjectName,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="Where the files go.", show_default=False)
    ],
    *,
    json: JsonFlag = False,
) -> None:
    """Write a project into a folder of files, for git.

    Definitions, drafts, versions with their Python, notes and limits; neither runs nor statistics.
    """
    from .work.projects import files as work  # noqa: PLC0415 - help must not wait for it

    work.export(name, folder, as_json=json)


@app.command("import", epilog=EPILOG)
def import_(
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="What `export` wrote.", show_default=False)
    ],
    name: Annotated[
        str | None,
        typer.Argument(metavar="PROJECT", help="What it shall be called; else as it was."),
    ] = None,
    *,
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Also code that our compiler does not make of the texts."),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Make a project of a folder that `export` wrote."""
    from .work.projects import files as work  # noqa: PLC0415 - help must not wait for it

    work.import_(folder, name, trust=trust, as_json=json)


@app.command(epilog=EPILOG)
def start(name: ProjectName, *, json: JsonFlag = False) -> None:
    """Give a project's worker to a host; Temporal keeps it there.

    From then on it is started again elsewhere when its host is lost. Fine when it runs already.
    """
    from .work.projects import placing as work  # noqa: PLC0415 - help must not wait for it

    work.start(name, as_json=json)


@app.command(epilog=EPILOG)
def stop(name: ProjectName, *, json: JsonFlag = False) -> None:
    """Stop a project's worker, once what it runs has ended.

    Runs stay open and go on when it is started again.
    """
    from .work.projects import placing as work  # noqa: PLC0415 - help must not wait for it

    work.stop(name, as_json=json)


@app.command(epilog=EPILOG)
def restart(name: ProjectName, *, json: JsonFlag = False) -> None:
    """Stop a project's worker and start it again; all code is loaded afresh."""
    from .work.projects import placing as work  # noqa: PLC0415 - help must not wait for it

    work.restart(name, as_json=json)


@app.command(epilog=EPILOG)
def move(
    name: ProjectName,
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="HOST", help="To this host; else to any other.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Move a project's worker to another host.

    It takes nothing new, ends what it runs, and begins there.
    """
    from .work.projects import placing as work  # noqa: PLC0415 - help must not wait for it

    work.move(name, to, as_json=json)


@app.command(epilog=EPILOG)
def drain(name: ProjectName, *, json: JsonFlag = False) -> None:
    """Let a project's worker end what it runs, then stop it."""
    from .work.projects import placing as work  # noqa: PLC0415 - help must not wait for it

    work.drain(name, as_json=json)


@app.command(epilog=EPILOG)
def status(name: ProjectName, *, json: JsonFlag = False) -> None:
    """Show where a project's worker is, and how it does."""
    from .work.projects import placing as work  # noqa: PLC0415 - help must not wait for it

    work.status(name, as_json=json)
