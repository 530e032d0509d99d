"""`everloom doctor`: find out what is wrong and what to do."""

import typer

from .options import JsonFlag


def doctor(*, json: JsonFlag = False) -> None:
    """Find out what is wrong and what to do.

    Looks at the settings, the code, the folders, the ports, the connection to Temporal, its clock
    and versions, the queues and who polls them, and the types that open runs use. Each finding is
    ok, a warning or an error, with its remedy. Ends with 1 when there is an error.
    """
    from .work.examining import examine  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(examine(as_json=json))
