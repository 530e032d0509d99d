"""`everloom settings`: what can be set, what is set, and where it came from."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import JsonFlag

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    epilog=EPILOG,
    help="Show every setting: value, source, meaning.",
)


@app.callback(epilog=EPILOG)
def settings(
    ctx: typer.Context,
    *,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what differs from the defaults.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Show every setting: value, source, meaning.

    Secrets are masked. A setting comes from its default, then from `everloom.yaml` (or
    `config.yaml`), then from the environment: `EVERLOOM_WORKER__DRAIN=1m` sets `worker.drain`.
    """
    if ctx.invoked_subcommand is None:
        from .work import settings as work  # noqa: PLC0415 - help must not wait for it

        work.show_settings(changed=changed, as_json=json)


@app.command(epilog=EPILOG)
def schema() -> None:
    """Print the JSON Schema of the settings file.

    Save it and name it in the file's first line, and an editor completes and checks the settings:
    `# yaml-language-server: $schema=everloom.schema.json`.
    """
    from .work import settings as work  # noqa: PLC0415 - help must not wait for it

    work.show_schema()
