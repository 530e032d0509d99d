"""What the imports of the application's modules cost, and which of them weigh on workflow files.

Measured while discovery imports the packages: it has to import them anyway.
"""

import ast
import builtins
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from pydantic import ByteSize

from everloom.core import Problem

from .entries import Catalog
from .importing import source_of

HEAVY = timedelta(milliseconds=100)
"""From when an import at the top of a workflow file is worth a word."""

_PAGE = 4096


@dataclass
class ImportCost:
    """What importing one library took in this process, the first time."""

    seconds: float = 0.0
    memory: int = 0
    """Bytes; 0 where the system does not tell."""


_costs: dict[str, ImportCost] = {}  # by library: a process imports each once


@contextmanager
def weighed_imports(packages: Sequence[str]) -> Generator[None]:
    """Measure what modules of some packages import from elsewhere."""
    original = builtins.__import__
    own = tuple(f"{package}." for package in packages)
    depth = 0

    def weigh(  # noqa: PLR0917 - Python's own parameters
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        nonlocal depth
        importer = f"{(globals or {}).get('__name__', '')}."
        if depth or level or not importer.startswith(own) or f"{name}.".startswith(own):
            return original(name, globals, locals, fromlist, level)
        depth += 1
        began, memory = time.perf_counter(), _memory()
        try:
            return original(name, globals, locals, fromlist, level)
        finally:
            depth -= 1
            cost = _costs.setdefault(name.partition(".")[0], ImportCost())
            cost.seconds += time.perf_counter() - began
            cost.memory += max(0, _memory() - memory)

    builtins.__import__ = weigh
    try:
        yield
    finally:
        builtins.__import__ = original


def heavy_imports(catalog: Catalog) -> list[Problem]:
    """Imports at the top of workflow files that cost much at each start of a process."""
    modules = dict.fromkeys(entry.cls.__module__ for entry in catalog.workflows)
    return [problem for name in modules for problem in _heavy_in(name)]


def _heavy_in(name: str) -> Iterator[Problem]:
    module = sys.modules.get(name)
    source = source_of(module) if module is not None else None
    if module is None or source is None:
        return
    told: set[str] = set()
    for library, line in _top_imports(source):
        cost = _costs.get(library)
        if library in told or cost is None or cost.seconds < HEAVY.total_seconds():
            continue
        told.add(library)
        memory = f" and {ByteSize(cost.memory).human_readable()}" if cost.memory else ""
        yield Problem(
            "import-heavy",
            f"This workflow file imports `{library}`, which takes {cost.seconds * 1000:.0f} ms"
            f"{memory} whenever a process starts. Runs do not import it again.",
            "Import it in the module of the activities that use it; whoever starts or tests the "
            "workflow then does without.",
            f"{module.__file__}:{line}",
        )


def _top_imports(source: str) -> Iterator[tuple[str, int]]:
    """Libraries that a file imports at its top, with their lines."""
    waiting: list[ast.stmt] = list(ast.parse(source).body)
    while waiting:
        match waiting.pop(0):
            case ast.Import() as node:
                for alias in node.names:
                    yield alias.name.partition(".")[0], node.lineno
            case ast.ImportFrom(module=str(module), level=0, lineno=line):
                yield module.partition(".")[0], line
            case ast.With(body=body) | ast.If(body=body) | ast.Try(body=body):
                waiting = [*body, *waiting]
            case _:
                pass


def _memory() -> int:
    """What this process holds in memory, where that can be read in a few microseconds."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    return 0
