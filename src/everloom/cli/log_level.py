"""`everloom log-level`: another log level for what runs in this folder, for a while."""

from typing import Annotated

import typer

from .options import JsonFlag


def log_level(
    level: Annotated[
        str | None,
        typer.Argument(
            metavar="[LEVEL]", help="debug, info, warning or error. None: show what holds."
        ),
    ] = None,
    *,
    logger: Annotated[
        str, typer.Option("--logger", metavar="NAME", help="Only this logger and those below it.")
    ] = "",
    within: Annotated[
        str, typer.Option("--for", metavar="DURATION", help="How long: 30s, 10m, 2h.")
    ] = "10m",
    reset: Annotated[
        bool, typer.Option("--reset", help="Go back to the level of the settings at once.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Say more, or less, in the logs for a while.

    Workers, their processes and the API of this folder take it over within a second, without a
    restart, and go back to `log.level` when the time is over. Temporal's own lines are those of the
    logger `temporalio.core`.
    """
    from .work.log_levels import Wanted, change_levels  # noqa: PLC0415 - help must not wait for it

    wanted = Wanted(level=level, logger=logger, within=within, reset=reset, as_json=json)
    raise typer.Exit(change_levels(wanted))
