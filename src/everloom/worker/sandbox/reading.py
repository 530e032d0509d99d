"""Read what a module imports and which guarded things it uses, from its source: nothing is run.

Calls that are made while the module is imported do not count: the process makes them, once.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import resolve_name

from typing_extensions import override

from .state import changes_itself

_WHOLE = {"pathlib.Path", "zipfile.ZipFile", "tarfile.TarFile"}
"""Classes whose objects reach files: that one of them is named is reason enough."""


@dataclass(frozen=True)
class ImportLine:
    """One import statement at the top of a module."""

    module: str
    line: int


@dataclass
class Reading:
    """What stands in a module."""

    imports: set[str] = field(default_factory=set[str])
    """Every module it may import, wherever the statement stands."""

    lines: list[ImportLine] = field(default_factory=list[ImportLine])
    """Its imports at the top."""

    guarded: dict[str, int] = field(default_factory=dict[str, int])
    """Guarded things it uses later than at its import, with the line of the first use."""

    changes_itself: bool = True
    """Whether its code may change what the module or one of its classes holds."""


def read_module(
    source: str, name: str, *, is_package: bool, is_guarded: Callable[[str], bool]
) -> Reading:
    """Read one module.

    Args:
        source: Its text.
        name: Its full name.
        is_package: Whether it is a package's `__init__`.
        is_guarded: Tells whether workflow code may not use a thing, by its dotted name.

    Raises:
        SyntaxError: The text is no Python.
    """
    tree = ast.parse(source)
    package = name if is_package else name.rpartition(".")[0]
    reader = _Reader(package, is_guarded)
    for node in ast.walk(tree):
        reader.learn(node)
    reader.visit(tree)
    reader.found.lines = [line for node in _top(tree) for line in reader.lines_of(node)]
    reader.found.changes_itself = changes_itself(tree)
    return reader.found


def _top(tree: ast.Module) -> list[ast.stmt]:
    """Statements that run at import: the module's own, and those in its `with`, `if` and `try`."""
    found: list[ast.stmt] = []
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        found.append(node)
        if isinstance(node, (ast.With, ast.If, ast.Try)):
            waiting = [*node.body, *waiting]
    return found


class _Reader(ast.NodeVisitor):
    def __init__(self, package: str, is_guarded: Callable[[str], bool]) -> None:
        self.found = Reading()
        self._package = package
        self._is_guarded = is_guarded
        self._names: dict[str, str] = {}
        self._depth = 0  # of functions: what stands in one runs later

    def learn(self, node: ast.AST) -> None:
        """Note which names an import makes, and an assignment of what was imported."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.found.imports.add(alias.name)
                top = alias.name.partition(".")[0]
                self._names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            base = self._base(node)
            self.found.imports.add(base)
            for alias in node.names:
                self.found.imports.add(f"{base}.{alias.name}")
                self._names[alias.asname or alias.name] = f"{base}.{alias.name}"
                if alias.name == "*" and self._is_guarded(f"{base}.*"):
                    self.found.guarded.setdefault(f"{base}.*", node.lineno)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if (dotted := self._dotted(node.value)) is not None:
                self._names |= {each.id: dotted for each in targets if isinstance(each, ast.Name)}

    def lines_of(self, node: ast.stmt) -> list[ImportLine]:
        """The modules that one statement imports."""
        if isinstance(node, ast.Import):
            return [ImportLine(alias.name, node.lineno) for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            return [ImportLine(self._base(node), node.lineno)]
        return []

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    @override
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    @override
    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._later(node.body)

    @override
    def visit_Call(self, node: ast.Call) -> None:
        if self._depth or self._dotted(node.func) in {None, *_WHOLE}:
            self.visit(node.func)
        for each in (*node.args, *node.keywords):
            self.visit(each)

    @override
    def visit_Attribute(self, node: ast.Attribute) -> None:
        dotted = self._dotted(node)
        if dotted is None:
            self.visit(node.value)
        else:
            self._note(dotted, node.lineno)

    @override
    def visit_Name(self, node: ast.Name) -> None:
        if (dotted := self._names.get(node.id)) is not None:
            self._note(dotted, node.lineno)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (*node.decorator_list, node.args):
            self.visit(each)
        for each in node.body:
            self._later(each)

    def _later(self, node: ast.AST) -> None:
        self._depth += 1
        self.visit(node)
        self._depth -= 1

    def _note(self, dotted: str, line: int) -> None:
        if dotted in _WHOLE or self._is_guarded(dotted):
            self.found.guarded.setdefault(dotted, line)

    def _dotted(self, node: ast.expr) -> str | None:
        match node:
            case ast.Name():
                return self._names.get(node.id)
            case ast.Attribute():
                base = self._dotted(node.value)
                return None if base is None else f"{base}.{node.attr}"
            case ast.Call(ast.Name("getattr"), [of, ast.Constant(str(attribute)), *_]):
                base = self._dotted(of)
                return None if base is None else f"{base}.{attribute}"
            case _:
                return None

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        return resolve_name("." * node.level + (node.module or ""), self._package)
