"""The application's code as it was when this process first read it.

The SDK's sandbox imports workflow files anew for each run, from the disk. While somebody edits, or a
new version is being copied, a process would run a mixture: old activities, new or half-written
workflows. So a file is read once a process, and every later import gets the same code. That also
saves the sandbox a look at the disk and a compilation for each run.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from typing_extensions import override


def keep_code(packages: Sequence[str]) -> None:
    """Read each module of the packages once only, from now on."""
    sys.meta_path.insert(0, _Remembering(tuple(packages)))


class _Remembering(MetaPathFinder):
    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages
        self._codes: dict[str, CodeType | None] = {}

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if not any(fullname == each or fullname.startswith(f"{each}.") for each in self._packages):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _OnceLoader(fullname, spec.loader.path, self._codes)
        return spec


class _OnceLoader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, codes: dict[str, CodeType | None]) -> None:
        super().__init__(fullname, path)
        self._codes = codes

    @override
    def get_code(self, fullname: str) -> CodeType | None:
        if fullname not in self._codes:
            self._codes[fullname] = super().get_code(fullname)
        return self._codes[fullname]
