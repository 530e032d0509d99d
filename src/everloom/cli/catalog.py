"""`everloom catalog`: what exists in code, by the names it has on the wire."""

from typing import Annotated

import typer

from .options import JsonFlag


def catalog(
    *,
    name: Annotated[
        str,
        typer.Argument(metavar="[NAME]", help="Only names with this in it.", show_default=False),
    ] = "",
    json: JsonFlag = False,
) -> None:
    """List workflows, messages, activities and schedules of the code.

    These names stand in histories and in what others send. Renaming one breaks the runs that are
    under way; `everloom replay` tells which.
    """
    from .work import catalog as work  # noqa: PLC0415 - help must not wait for it

    work.show_catalog(name, as_json=json)
