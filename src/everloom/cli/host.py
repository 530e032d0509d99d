"""`everloom host`: carry the workers of projects until told to stop."""

from typing import Annotated

import typer


def host(
    *,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Name of this host. Default: the machine's, and a number."),
    ] = None,
    slots: Annotated[
        int | None,
        typer.Option("--slots", min=1, help="Projects at once. Default: `hosts.slots`."),
    ] = None,
) -> None:
    """Carry the workers of projects.

    Temporal gives it projects that were started (`everloom projects start`), and gives them to
    another host when this one is lost. SIGTERM and Ctrl-C let running activities finish and hand the
    projects over; a second one stops at once.
    """
    from .work.hosting import run  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(run(name=name, slots=slots))
