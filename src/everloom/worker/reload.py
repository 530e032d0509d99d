"""Which saved files make a new start necessary, and whether they can be started at all.

Nothing is imported here: packages are only located, files only compiled.
"""

import asyncio
import sys
import traceback
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from importlib.machinery import PathFinder
from pathlib import Path

from watchfiles import Change, awatch  # pyright: ignore[reportUnknownVariableType] - names trio

from everloom.core import Problem
from everloom.settings import Settings

from .errors import SyntaxBroken

STEP = 50
"""Milliseconds of quiet after a save before it counts: editors write in several steps."""


def package_folders(settings: Settings) -> tuple[Path, ...]:
    """The folders of the packages of the settings; what cannot be found is left out."""
    search = [str(settings.path(path)) for path in settings.catalog.paths] + sys.path
    folders: dict[Path, None] = {}
    for package in settings.catalog.packages:
        where: Iterable[str] | None = search
        for part in package.split("."):
            spec = PathFinder.find_spec(part, list(where)) if where is not None else None
            where = spec.submodule_search_locations if spec is not None else None
            if spec is not None and where is None and spec.origin is not None:
                folders[Path(spec.origin).parent] = None
        folders.update(dict.fromkeys(Path(folder) for folder in where or ()))
    return tuple(folder for folder in folders if folder.is_dir())


@asynccontextmanager
async def watching(
    settings: Settings, file: Path | None
) -> AsyncGenerator[asyncio.Queue[frozenset[Path]]]:
    """The saved files, as they are saved: Python files of the packages, and the settings file."""
    saved: asyncio.Queue[frozenset[Path]] = asyncio.Queue()
    stop = asyncio.Event()
    tasks = [asyncio.create_task(_watch_code(package_folders(settings), saved, stop))]
    if file is not None:
        tasks.append(asyncio.create_task(_watch_file(file, saved, stop)))
    try:
        yield saved
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def _watch_code(
    folders: tuple[Path, ...], saved: asyncio.Queue[frozenset[Path]], stop: asyncio.Event
) -> None:
    if not folders:
        return
    async for changes in awatch(
        *folders, watch_filter=_is_python, step=STEP, stop_event=stop, rust_timeout=500
    ):
        saved.put_nowait(frozenset(Path(path) for _, path in changes))


async def _watch_file(
    file: Path, saved: asyncio.Queue[frozenset[Path]], stop: asyncio.Event
) -> None:
    """By its folder: an editor that replaces the file would take a watch on the file with it."""

    def is_file(_change: Change, path: str) -> bool:
        return Path(path) == file

    async for _ in awatch(
        file.parent,
        watch_filter=is_file,
        step=STEP,
        stop_event=stop,
        rust_timeout=500,
        recursive=False,
    ):
        saved.put_nowait(frozenset({file}))


def _is_python(_change: Change, path: str) -> bool:
    return path.endswith(".py")


class SyntaxCheck:
    """Keeps in mind which saved files are broken, until they are mended."""

    def __init__(self) -> None:
        self._broken: set[Path] = set()

    def find_error(self, saved: Iterable[Path]) -> SyntaxBroken | None:
        """What is wrong with the files saved now or before; None when all can be compiled."""
        problems: list[Problem] = []
        for file in sorted(self._broken | {path for path in saved if path.suffix == ".py"}):
            problem = _compile(file)
            if problem is None:
                self._broken.discard(file)
            else:
                self._broken.add(file)
                problems.append(problem)
        if not problems:
            return None
        return SyntaxBroken(
            "What was saved is no Python; the workers go on with the code they have.",
            hint="It is looked at again when it is saved.",
            problems=problems,
        )


def _compile(file: Path) -> Problem | None:
    try:
        source = file.read_bytes()
    except OSError:  # deleted, or not readable: importing will tell
        return None
    try:
        compile(source, str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        lines = traceback.format_exception_only(error)
        shown = "".join(lines[1:]).rstrip()
        return Problem(
            "syntax-error", f"{error.msg}.\n{shown}", "", f"{file}:{error.lineno}:{error.offset}"
        )
    except ValueError as error:  # NUL bytes
        return Problem("syntax-error", f"{error}.", "", str(file))
    return None
