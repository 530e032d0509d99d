"""`everloom new`: a project to begin with."""

from typing import Annotated

import typer

from .options import JsonFlag


def new(
    name: Annotated[
        str | None,
        typer.Argument(help="Name of the project; asked for when left out.", show_default=False),
    ] = None,
    *,
    into: Annotated[
        str | None,
        typer.Option("--into", metavar="FOLDER", help="Folder to make. Default: the name."),
    ] = None,
    package: Annotated[
        str | None,
        typer.Option("--package", help="Name of its Python package. Default: made of the name."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: JsonFlag = False,
) -> None:
    """Make a project: a workflow, an activity, a schedule, tests, settings, a Dockerfile.

    Asks at a terminal for what is not given. Nothing that exists is overwritten.
    """
    from .work import new as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(name=name, into=into, package=package, yes=yes, as_json=json)
    raise typer.Exit(work.new(call))
