"""The verbs of `everloom definitions` for definitions that a project keeps: drafts and versions."""

from typing import Annotated

import typer

from .exits import EPILOG
from .lazy import LightGroup
from .options import JsonFlag, OfProject, Yes

app = typer.Typer(cls=LightGroup, add_completion=False, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="NAMESPACE.NAME.", show_default=False)]
Version = Annotated[
    str, typer.Argument(metavar="VERSION", help="Its number: 1.2.0.", show_default=False)
]
Note = Annotated[str, typer.Option("--note", "-n", help="Why; kept with the version.")]
Force = Annotated[
    bool, typer.Option("--force", help="All the same. The log says that it was forced.")
]


@app.command(epilog=EPILOG)
def save(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="The definition; - reads standard input.", show_default=False
        ),
    ],
    *,
    project: OfProject,
    revision: Annotated[
        int | None,
        typer.Option(
            "--revision",
            metavar="N",
            help="The one that the change began with. Refused when somebody saved since.",
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Save a definition as a draft, with errors or without.

    Without --revision only a new definition, or in place of a draft that was published as it is:
    nothing is lost by it. Exit code 2: it cannot be read, or does not say what it is called.
    """
    from .work.publishing import drafts as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.save(file, project, revision=revision, as_json=json))


@app.command("list", epilog=EPILOG)
def list_definitions(*, project: OfProject, json: JsonFlag = False) -> None:
    """List the definitions of a project."""
    from .work.publishing import drafts as work  # noqa: PLC0415 - help must not wait for it

    work.list_all(project, as_json=json)


@app.command(epilog=EPILOG)
def show(
    name: Name,
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Of this version; else the draft.")
    ] = None,
    *,
    project: OfProject,
    python: Annotated[
        bool, typer.Option("--python", help="The Python of the version instead.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Print the draft of a definition, or a version."""
    from .work.publishing import drafts as work  # noqa: PLC0415 - help must not wait for it

    work.show(name, version, project, python=python, as_json=json)


@app.command(epilog=EPILOG)
def publish(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|NAME",
            help="A file, which is saved as the draft first; or the draft of NAMESPACE.NAME.",
            show_default=False,
        ),
    ],
    *,
    project: OfProject,
    note: Note = "",
    as_version: Annotated[
        str | None,
        typer.Option("--as", metavar="VERSION", help="Write this number into the text first."),
    ] = None,
    activate: Annotated[
        bool, typer.Option("--activate", help="And let new runs begin on it.")
    ] = False,
    revision: Annotated[
        int | None,
        typer.Option("--revision", metavar="N", help="With FILE: as for `save`."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Make the draft a version.

    It is checked, compiled, and never changed again. Exit code 2: it has errors; nothing was published.
    """
    from .work.publishing import versions as work  # noqa: PLC0415 - help must not wait for it

    call = work.Publish(
        what=what,
        project=project,
        note=note,
        as_version=as_version,
        activate=activate,
        revision=revision,
        as_json=json,
    )
    raise typer.Exit(work.publish(call))


@app.command(epilog=EPILOG)
def activate(
    name: Name,
    version: Version,
    *,
    project: OfProject,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Let new runs begin on a version. Runs that are open stay on theirs."""
    from .work.publishing import versions as work  # noqa: PLC0415 - help must not wait for it

    work.activate(name, version, project, force=force, as_json=json)


@app.command("roll-back", epilog=EPILOG)
def roll_back(
    name: Name,
    *,
    project: OfProject,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="To this one; else to the one before."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Let new runs begin on an older version again."""
    from .work.publishing import versions as work  # noqa: PLC0415 - help must not wait for it

    work.go_back(name, project, to=to, as_json=json)


@app.command(epilog=EPILOG)
def versions(name: Name, *, project: OfProject, json: JsonFlag = False) -> None:
    """List the versions of a definition, the newest first."""
    from .work.publishing import versions as work  # noqa: PLC0415 - help must not wait for it

    work.list_versions(name, project, as_json=json)


@app.command(epilog=EPILOG)
def diff(
    name: Name,
    a: Annotated[str, typer.Argument(metavar="A", help="A version.", show_default=False)],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.", show_default=False)],
    *,
    project: OfProject,
    python: Annotated[bool, typer.Option("--python", help="Of their Python.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show what differs between two versions. `draft` is the draft."""
    from .work.publishing import versions as work  # noqa: PLC0415 - help must not wait for it

    work.diff(name, a, b, project, python=python, as_json=json)


@app.command(epilog=EPILOG)
def fix(
    name: Name,
    version: Version,
    *,
    of: Annotated[
        str,
        typer.Option("--of", metavar="OLD", help="The version it repairs.", show_default=False),
    ],
    project: OfProject,
    note: Note = "",
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Let runs of an older version go on with newer code.

    Only where their histories replay on it. A run that does not replay stays on its old code, and is
    listed with event, task and line. VERSION is published from the draft when it is not there yet.
    Exit code 1: some stay.
    """
    from .work.publishing import fixing as work  # noqa: PLC0415 - help must not wait for it

    call = work.Fix(
        name=name,
        version=version,
        of=of,
        project=project,
        note=note,
        force=force,
        as_json=json,
    )
    raise typer.Exit(work.fix(call))


@app.command(epilog=EPILOG)
def gate(
    *,
    project: OfProject,
    apply: Annotated[
        bool,
        typer.Option(
            "--apply", help="Let runs go on with the new Python where all of them replay."
        ),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Say whether runs replay on what today's compiler makes.

    Open and recent runs of every version that is served. Changes nothing without --apply. Exit code
    1: some do not, or a version does not compile any more.
    """
    from .work.publishing import fixing as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.gate(project, apply=apply, as_json=json))


@app.command(epilog=EPILOG)
def score(name: Name, *, project: OfProject, json: JsonFlag = False) -> None:
    """Show how each version did: success, durations, cost."""
    from .work.publishing import scoring as work  # noqa: PLC0415 - help must not wait for it

    work.score(name, project, as_json=json)


@app.command(epilog=EPILOG)
def delete(
    name: Name,
    version: Annotated[
        str | None,
        typer.Argument(metavar="VERSION", help="Only this version; else the definition."),
    ] = None,
    *,
    project: OfProject,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Delete a version, or a definition with all of them.

    Refused while runs of it are open, and for the active version.
    """
    from .work.publishing import versions as work  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(work.delete(name, version, project, yes=yes, as_json=json))
