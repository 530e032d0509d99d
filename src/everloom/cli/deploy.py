"""`everloom deploy`: which version of the workers gets the runs."""

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
    help="Look at versions of the workers, try, promote and roll back.",
)

VersionId = Annotated[
    str, typer.Argument(metavar="VERSION", help="Its build id.", show_default=False)
]
Name = Annotated[
    str | None,
    typer.Option(
        "--deployment",
        "-d",
        help="Which deployment. Without it the one of `deployment.name`, else the only one.",
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Also when workers of the version are missing.")
]


@app.command(epilog=EPILOG)
def status(*, deployment: Name = None, json: JsonFlag = False) -> None:
    """Show the versions: who gets runs, workers, pinned runs."""
    from .work import deploy as work  # noqa: PLC0415 - help must not wait for it

    work.show_status(deployment, as_json=json)


@app.command(epilog=EPILOG)
def ramp(
    version: VersionId,
    *,
    share: Annotated[
        str, typer.Option("--share", help="How many of the new runs: 10%.", show_default=False)
    ],
    deployment: Name = None,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Let a share of the new runs go to a version, to try it.

    Refused while a queue has no worker of the version. `roll-back` ends it, `promote` completes it.
    """
    from .work import deploy as work  # noqa: PLC0415 - help must not wait for it

    work.ramp(version, share, deployment, force=force, as_json=json)


@app.command(epilog=EPILOG)
def promote(
    version: VersionId,
    *,
    deployment: Name = None,
    force: Force = False,
    replay: Annotated[
        bool,
        typer.Option(
            "--replay", help="Before that, replay open and recent runs against the code on disk."
        ),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Let all new runs go to a version.

    Pinned runs stay on the version that they began with: keep its workers until it is drained.
    Refused while a queue has no worker of the version, or one of the current version's is missing.
    """
    from .work import deploy as work  # noqa: PLC0415 - help must not wait for it

    work.promote(version, deployment, force=force, replay=replay, as_json=json)


@app.command("roll-back", epilog=EPILOG)
def roll_back(*, deployment: Name = None, force: Force = False, json: JsonFlag = False) -> None:
    """Undo the last step: end the ramp, or go a version back.

    Back to the version that was current before. The one that is left is marked: a second roll-back
    goes further back.
    """
    from .work import deploy as work  # noqa: PLC0415 - help must not wait for it

    work.go_back(deployment, force=force, as_json=json)
