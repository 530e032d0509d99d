"""`everloom definitions`: check, compile, show and run definitions; publish those of a project."""

from typing import Annotated, Literal

import typer

from .exits import EPILOG
from .kept_definitions import app as kept
from .lazy import LightGroup
from .options import JsonFlag

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Check, compile, show and run definitions; publish them in projects.",
)

File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="The definition, YAML or JSON; - reads standard input.",
        show_default=False,
    ),
]  # fmt: skip
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="FILE",
        help="A further definition, for `run.workflow`; may be repeated.",
        show_default=False,
    ),
]


@app.command(epilog=EPILOG)
def check(file: File, *, others: With = None, json: JsonFlag = False) -> None:
    """Say everything that is wrong with a definition, and where.

    Exit code 0: nothing is, but for warnings. 2: it has errors, so it can neither be compiled nor run.
    With --json one document: {"problems": [{"code", "pointer", "line", "column", "message", "hint",
    "severity"}]}.
    """
    from .work.definitions import checking as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.check(file, tuple(others or ()), as_json=json))


@app.command("compile", epilog=EPILOG)
def compile_(
    file: File,
    *,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Write the package there instead of its workflow."
        ),
    ] = None,
    others: With = None,
    json: JsonFlag = False,
) -> None:
    """Show the Python that a definition becomes.

    Prints the workflow's module. With --output the whole package is written, files that are there
    are replaced. With --json one document: the source, its hash, the names it uses, and the line of
    each task.
    """
    from .work.definitions import compiling as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.compile_(file, tuple(others or ()), output, as_json=json))


@app.command(epilog=EPILOG)
def eject(
    file: File,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="Where the package goes.", show_default=False)
    ],
    *,
    others: With = None,
    history: Annotated[
        list[str] | None,
        typer.Option(
            "--history",
            metavar="FILE",
            help="History of a run, as JSON, that the package's tests are to replay.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also into a folder that holds something.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Make a Python package of a definition, that is yours from then on.

    It runs by its own commands, without the definition, and replays what the definition ran before.
    """
    from .work.definitions import compiling as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(
        work.eject(
            file,
            tuple(others or ()),
            folder,
            histories=tuple(history or ()),
            force=force,
            as_json=json,
        )
    )


@app.command(epilog=EPILOG)
def graph(
    file: File,
    *,
    format: Annotated[
        Literal["mermaid", "svg"], typer.Option("--format", "-f", help="mermaid or svg.")
    ] = "mermaid",
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it there; .svg means svg."),
    ] = None,
) -> None:
    """Draw a definition."""
    from .work.definitions import drawing as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.draw(file, format, output))


@app.command(epilog=EPILOG)
def schema() -> None:
    """Print the JSON Schema of definitions, for editors."""
    from .work.definitions import drawing as work  # noqa: PLC0415 - help must not wait for it

    work.print_schema()


@app.command(epilog=EPILOG)
def run(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="The definition; - reads standard input. Further ones are as with --with.",
            show_default=False,
        ),
    ] = None,
    *,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch", metavar="LIST.jsonl", help="Run what each line of this file says instead."
        ),
    ] = None,
    input: Annotated[
        str | None,
        typer.Option(
            "--input", "-i", metavar="JSON|@FILE|@-", help="The input; @- reads standard input."
        ),
    ] = None,
    id: Annotated[str | None, typer.Option("--id", help="Id of the run.")] = None,
    timeout: Annotated[
        str,
        typer.Option(
            "--timeout", "-t", metavar="DURATION", help="Terminate a run after this time."
        ),
    ] = "60s",
    secrets: Annotated[
        str | None,
        typer.Option(
            "--secrets",
            metavar="FILE",
            help="Secrets by name, JSON or YAML; for this command only.",
        ),
    ] = None,
    others: With = None,
    events: Annotated[
        str | None,
        typer.Option(
            "--events", metavar="FILE", help="CloudEvents for the run, one JSON object a line."
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Run a definition once, now, and wait for its end.

    Runs on the Temporal that the settings name or that runs for this folder, else on one that is
    started for it and stopped afterwards. This command serves the definition itself; when it is
    interrupted, the run is terminated. A schedule in the definition is passed over.

    With --json one object: {"status": "completed|faulted|cancelled|timed-out", "output", "error",
    "trace", "events", "workflow_id", "run_id", "history_length"}.

    With --batch each line of the list holds {"definition": text or object, or "file": name, "input",
    "with": [...], "events": [...]}, and each gets one line of output, in order; what cannot be run
    gets {"status": "refused", "problems": [...]}. Names of files start at the current folder, else at
    the list's.

    Exit code 0: completed; with --batch: every line was answered. 1: it ended otherwise. 2: refused.
    """
    from .work.definitions import running as work  # noqa: PLC0415 - help must not wait for it

    first, *further = files or [""]
    call = work.Call(
        file=first or None,
        batch=batch,
        input=input,
        id=id,
        timeout=timeout,
        secrets=secrets,
        others=(*(others or ()), *further),
        events=events,
        as_json=json,
    )
    raise typer.Exit(work.run(call))


@app.command(epilog=EPILOG)
def schedule(
    file: File,
    *,
    queue: Annotated[
        str | None,
        typer.Option("--queue", "-q", help="Queue of the runs; its workers serve the definition."),
    ] = None,
    input: Annotated[
        str | None,
        typer.Option("--input", "-i", metavar="JSON|@FILE|@-", help="The input of each run."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would change. Changes nothing.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the schedule away. Runs under way go on.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Let Temporal start a definition as its `schedule` says.

    A schedule that is there is changed in place, never deleted and made again: its history stays, and
    whether somebody paused it. Workers that serve the definition on the queue are not started here.
    """
    from .work.definitions import scheduling as work  # noqa: PLC0415 - help must not wait for it

    call = work.Call(file=file, queue=queue, input=input, plan=plan, remove=remove, as_json=json)
    raise typer.Exit(work.schedule(call))


app.add_typer(kept)
