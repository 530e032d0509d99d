"""The application's code as it was when this process first read it.

The SDK's sandbox imports workflow files anew for each run, from the disk. While somebody edits, or a
new version is being copied, a process would run a mixture: old activities, new or half-written
workflows. So a file is read once a process, and every later import gets the same code. That also
saves the sandbox a look at the disk and a compilation for each run.
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from typing_extensions import override


class CodeSnapshot(MetaPathFinder):
    """Reads each module of some packages once only."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = tuple(packages)
        self._codes: dict[str, CodeType | None] = {}
        self._sources: dict[str, bytes] = {}

    def take(self) -> None:
        """Serve every import of the packages from now on."""
        sys.meta_path.insert(0, self)

    def sources(self) -> Mapping[str, bytes]:
        """What has been read so far: modules and their source."""
        return self._sources

    def build_id(self) -> str:
        """A short name for exactly this code, for Temporal's list of workers.

        The SDK's own one covers every module of the process, which takes most of a second.
        """
        digest = hashlib.blake2b(digest_size=8)
        for name, source in sorted(self._sources.items()):
            digest.update(name.encode() + source)
        return digest.hexdigest()

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if not any(fullname == each or fullname.startswith(f"{each}.") for each in self._packages):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _OnceLoader(fullname, spec.loader.path, self._codes, self._sources)
        return spec


class _OnceLoader(SourceFileLoader):
    def __init__(
        self,
        fullname: str,
        path: str,
        codes: dict[str, CodeType | None],
        sources: dict[str, bytes],
    ) -> None:
        super().__init__(fullname, path)
        self._codes = codes
        self._sources = sources

    @override
    def get_code(self, fullname: str) -> CodeType | None:
        if fullname not in self._codes:
            source = self._sources[fullname] = self.get_data(self.path)
            # Never from `__pycache__`: that goes by size and second, and would give old code for
            # the second of two saves within one second.
            self._codes[fullname] = self.source_to_code(source, self.path)
        return self._codes[fullname]
