"""Projects as folders of files."""

from pathlib import Path

from everloom.cli.output import Output
from everloom.cli.work.platform import on_platform
from everloom.control.projects import export_project, import_project

from .documents import full_name, project_document


def export(name: str, folder: str, *, as_json: bool) -> None:
    """Write a project into a folder."""
    out = Output(as_json=as_json)
    files = on_platform(lambda p, _: export_project(p, name, Path(folder)), temporal=False)
    if as_json:
        out.document({"folder": folder, "files": files})
        return
    for each in files:
        out.line(str(Path(folder) / each))


def import_(folder: str, name: str | None, *, trust: bool, as_json: bool) -> None:
    """Make a project of a folder."""
    out = Output(as_json=as_json)
    made = on_platform(
        lambda p, by: import_project(p, Path(folder), name, by=by, trust=trust), temporal=False
    )
    if as_json:
        out.document(project_document(made))
    else:
        out.line(full_name(made))
