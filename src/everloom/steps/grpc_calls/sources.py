"""Which files make up a proto? The one that a definition names, and what it imports, fetched beside it.

Files of the worker are never read: a definition could otherwise learn what they hold.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from everloom.flow import Fault, step_fault
from everloom.steps.external_resources import Resource

MOST_FILES = 64
BUNDLED = "google/protobuf/"
"""Files that the compiler brings along."""

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"""^\s*import\s+(?:public\s+|weak\s+)?["']([^"'\n]+)["']\s*;""", re.MULTILINE)
_SEGMENT = re.compile(r"[A-Za-z0-9_.-]{1,100}")

Fetch = Callable[[str], Awaitable[Resource]]
"""Reads the text at an address."""


@dataclass(frozen=True)
class Sources:
    """The files of a proto."""

    main: str
    """Name of the file that the definition names."""

    files: dict[str, str]
    """Texts by the names that imports use."""


async def gather_sources(main: Resource, fetch: Fetch) -> Sources:
    """Read all that a proto imports.

    Args:
        main: The file that the definition names.
        fetch: Reads the others.

    Raises:
        Fault: One of them cannot be read, or they are too many.
    """
    folder = PurePosixPath(urlsplit(main.url).path).parent
    name = PurePosixPath(urlsplit(main.url).path).name
    name = name if _SEGMENT.fullmatch(name) and name.endswith(".proto") else "service.proto"
    files = {name: main.text}
    wanted = _imports(main.text)
    while wanted:
        path = wanted.pop()
        if path in files or path.startswith(BUNDLED):
            continue
        if len(files) >= MOST_FILES:
            raise unusable_proto(f"It imports more than {MOST_FILES} files.")
        found = await fetch(urljoin(main.url, str(root_of(folder, _checked(path)) / path)))
        files[path] = found.text
        wanted += _imports(found.text)
    return Sources(name, files)


def root_of(folder: PurePosixPath, path: str) -> PurePosixPath:
    """Where the names of imports begin: above the folder, when that ends as the import begins.

    Args:
        folder: Where the importing file lies, such as `/protos/shop/v1`.
        path: What it imports, such as `shop/v1/item.proto`.
    """
    parents = PurePosixPath(path).parent.parts
    for length in range(len(parents), 0, -1):
        if folder.parts[-length:] == parents[:length]:
            return PurePosixPath(*folder.parts[:-length])
    return folder


def unusable_proto(detail: str) -> Fault:
    """The fault of a proto that nothing can be called with."""
    return step_fault("configuration", title="Proto not usable", detail=detail)


def _imports(text: str) -> list[str]:
    return _IMPORT.findall(_COMMENT.sub(" ", text))


def _checked(path: str) -> str:
    parts = path.split("/")
    if not all(_SEGMENT.fullmatch(part) and part.strip(".") for part in parts):
        raise unusable_proto(f"It imports {path[:100]!r}, which is no plain path.")
    return path
