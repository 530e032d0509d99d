"""Files that are near already: in a feed folder of the worker's machine, or uploaded."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from everloom.objects import ObjectKeyInvalid, ObjectNotFound, Objects

from .errors import FileNotFound, SourceRefused
from .intake import PART

UPLOADS = "uploads/"


def read_file(path: str, folders: Sequence[Path]) -> Iterator[bytes]:
    """A file in one of the feed folders, in blocks.

    Raises:
        SourceRefused: It lies elsewhere, in truth (links are followed before this is decided).
            Whether it exists is not said.
        FileNotFound: There is no such file in the feed folders.
    """
    inside = [found for folder in folders if (found := _inside(folder, path)) is not None]
    if not inside:
        raise SourceRefused(
            f"The file {path!r} does not lie in a feed folder.",
            hint="Put it in one of `apps.mail_platform.feed_folders`, or upload it.",
        )
    file = next(filter(_is_file, inside), None)
    if file is None:
        raise FileNotFound(
            f"There is no file {path!r} in the feed folders.",
            hint="Check its name. Every worker needs the same feed folders.",
        )
    return _blocks(file)


def read_upload(key: str, objects: Objects) -> Iterator[bytes]:
    """An uploaded object, in blocks.

    Raises:
        SourceRefused: It lies elsewhere in the object store.
        FileNotFound: There is no such upload.
    """
    if not key.startswith(UPLOADS):
        raise SourceRefused(
            f"The object {key!r} is no upload.", hint=f"Only keys below `{UPLOADS}` are read."
        )
    try:
        yield from objects.stream(key, PART)
    except ObjectKeyInvalid as error:
        raise SourceRefused(error.message, hint=error.hint) from None
    except ObjectNotFound:
        raise FileNotFound(f"There is no upload {key!r}.", hint="Upload the file again.") from None


def _inside(folder: Path, path: str) -> Path | None:
    try:
        found = (folder / path).resolve()
        return found if found.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):  # too long, NUL bytes, a loop of links
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as opened:
            while block := opened.read(PART):
                yield block
    except OSError as error:
        raise FileNotFound(
            f"The file {file.name!r} cannot be read: {error.strerror}.",
            hint="Let the worker's user read it.",
        ) from None
