"""`everloom hosts`: the processes that carry the workers of projects."""

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
    help="Look at the hosts that carry the workers of projects.",
)


@app.callback()
def hosts() -> None:
    """Look at the hosts that carry the workers of projects."""


@app.command("list", epilog=EPILOG)
def list_hosts(*, json: JsonFlag = False) -> None:
    """List the hosts: projects, slots, memory, last heartbeat."""
    from .work import hosting as work  # noqa: PLC0415 - help must not wait for it

    work.list_hosts(as_json=json)
