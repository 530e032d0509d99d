"""`everloom dev`: Temporal, workers and API on this machine, with reload on save."""

from typing import Annotated

import typer


def dev(
    *,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="WORKFLOW", help="Start this workflow and follow it."),
    ] = None,
    input: Annotated[
        str | None,
        typer.Option("--input", "-i", metavar="JSON|@FILE", help="The input of that workflow."),
    ] = None,
    id: Annotated[
        str | None, typer.Option("--id", help="Id of that run; starting twice with it is safe.")
    ] = None,
    once: Annotated[
        bool,
        typer.Option("--once", help="Print the run's result as one JSON document, and end."),
    ] = False,
    no_reload: Annotated[
        bool, typer.Option("--no-reload", help="Do not begin anew when a file is saved.")
    ] = False,
) -> None:
    """Run everything on this machine: Temporal, workers, API.

    Nothing is started in place of a Temporal that `TEMPORAL_ADDRESS` or a profile names. A second
    `everloom dev` in the same folder joins the Temporal of the first. Ctrl-C ends all in order:
    the workers finish what they run, then the API stops, Temporal last.

    Exit code with --once: 0 when the run has ended well, 1 when it failed; the error is then the
    JSON document.
    """
    from .work.developing import Develop, develop  # noqa: PLC0415 - help must not wait for it

    call = Develop(run=run, input=input, id=id, once=once, reload=not no_reload and not once)
    raise typer.Exit(develop(call))
