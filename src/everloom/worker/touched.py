"""Of which source files the behaviour of a workflow consists, so that a change of it is noticed.

A workflow's own module and every module of the application that it imports, directly or not, as far
as the imports stand in the source. A comment that changes counts too: looking once too often costs
milliseconds, and missing a change costs a run.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator, Mapping

from everloom.catalog import Catalog

from .messages import ServedWorkflow


def served_workflows(catalog: Catalog, sources: Mapping[str, bytes]) -> dict[str, ServedWorkflow]:
    """Each workflow of the code, with a hash of what it consists of.

    Args:
        catalog: The code.
        sources: Every module of the application that was imported, by its name.
    """
    imports: dict[str, frozenset[str]] = {}
    found: dict[str, ServedWorkflow] = {}
    for entry in catalog.workflows:
        digest = hashlib.blake2b(digest_size=12)
        for module in sorted(_closure(entry.cls.__module__, sources, imports)):
            digest.update(module.encode() + b"\0" + sources[module])
        found[entry.name] = ServedWorkflow(code=digest.hexdigest(), file=entry.place.file)
    return found


def _closure(
    start: str, sources: Mapping[str, bytes], imports: dict[str, frozenset[str]]
) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module in found or module not in sources:
            continue
        found.add(module)
        if module not in imports:
            imports[module] = frozenset(_imports(module, sources[module]))
        waiting.extend(imports[module])
    return found


def _imports(module: str, source: bytes) -> Iterator[str]:
    """The modules that one may import; with every package above them, which is imported too."""
    package = module if hasattr(sys.modules.get(module), "__path__") else _above(module, 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = _above(package, node.level - 1) if node.level else ""
            name = ".".join(part for part in (base, node.module) if part)
            for alias in node.names:  # each may be a module or a name in one
                yield from _with_packages(f"{name}.{alias.name}")


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])


def _above(name: str, levels: int) -> str:
    parts = name.split(".")
    return ".".join(parts[: max(len(parts) - levels, 0)])
