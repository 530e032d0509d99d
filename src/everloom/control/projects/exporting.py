"""Write a project as a folder of files, for git: the same project always gives the same bytes."""

import asyncio
from pathlib import Path

from everloom.core import Conflict

from .finding import find_project
from .folders import PROJECT_FILE, KeptDefinition, files_of
from .platform import Platform

UNTOUCHED = ("README.md",)
"""Files beside those of the project that are left alone, as is all whose name begins with a dot."""


class ExportFolderTaken(Conflict):
    """A folder holds something else than a project, so none is written into it."""

    code = "export-folder-taken"


async def export_project(p: Platform, project: str, folder: Path) -> list[str]:
    """Write a project into a folder, in the place of what was exported there before.

    What has changed since is written, and files of what was deleted are removed; a `README.md` and
    what begins with a dot stay as they are.

    Returns:
        The files of the project, below the folder.

    Raises:
        ProjectMissing: There is no such project.
        ExportFolderTaken: There is something else in the folder.
        OSError: A file cannot be written.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        found = await find_project(p, tx, project)
        kept = [
            KeptDefinition(each, tuple(await tx.versions.list_versions(each.id, whole=True)))
            for each in await tx.definitions.list(found.id)
        ]
    files = files_of(found, kept)
    await asyncio.to_thread(_write, folder, files)
    return sorted(files)


def project_files(folder: Path) -> list[Path]:
    """The files of a folder that are, or should be, a project's; below the folder."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return sorted(
        path for path in found if not path.parts[0].startswith(".") and str(path) not in UNTOUCHED
    )


def _write(folder: Path, files: dict[str, bytes]) -> None:
    there = project_files(folder) if folder.is_dir() else []
    if there and Path(PROJECT_FILE) not in there:
        raise ExportFolderTaken(
            f"The folder `{folder}` holds something else than a project: `{there[0]}`.",
            hint="Name an empty folder, or one that a project was exported to.",
        )
    for name, held in files.items():
        file = folder / name
        if not file.is_file() or file.read_bytes() != held:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(held)
    for path in there:
        if path.as_posix() not in files:
            (folder / path).unlink()
            _remove_empty(folder, (folder / path).parent)


def _remove_empty(folder: Path, inner: Path) -> None:
    while inner != folder and not any(inner.iterdir()):
        inner.rmdir()
        inner = inner.parent
