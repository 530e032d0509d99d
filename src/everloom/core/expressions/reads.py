"""Which fields of its input, and of each variable, does an expression read?

Only where that is certain. Everything that hands a whole value on, to a function, to the result or
to another name, may read any field of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from . import nodes as n
from .operators import ASSIGNMENTS

_ON_INPUT = frozenset({
    "add/1", "all/2", "any/2", "empty/0", "error/1", "first/1", "isempty/1", "last/1", "limit/2",
    "nth/2", "range/1", "range/2", "range/3", "skip/2",
})  # fmt: skip
"""Functions that look at their input only through their arguments."""

_ON_ITEMS = frozenset({"any/2", "all/2"})
"""Those of them whose last argument looks at something else."""


@dataclass(frozen=True)
class Reads:
    """The fields that are read; None stands for any."""

    input: frozenset[str] | None
    variables: dict[str, frozenset[str] | None]


class _Any(Exception):
    """Any field may be read."""


def reads_of(tree: n.Node) -> Reads:
    """What an expression reads of `.` and of everything that is called `$name` in it."""
    variables: dict[str, set[str] | None] = {}
    for name, field in _mentions(tree):
        known = variables.setdefault(name, set())
        if field is None or known is None:
            variables[name] = None
        else:
            known.add(field)
    frozen = {name: each if each is None else frozenset(each) for name, each in variables.items()}
    return Reads(_of_input(tree), frozen)


def _mentions(node: n.Node) -> Iterator[tuple[str, str | None]]:
    """Each mention of a variable, with the one field that is read of it there."""
    if isinstance(node, n.Variable):
        yield node.name, None
    elif isinstance(node, n.Path) and isinstance(node.base, n.Variable):
        yield node.base.name, _field(node.suffixes[0])
        for suffix in node.suffixes:
            yield from _mentions(suffix)
    else:
        for child in node.children():
            yield from _mentions(child)


def _field(suffix: n.Suffix) -> str | None:
    if isinstance(suffix, n.Index) and isinstance(suffix.key, n.Constant):
        return suffix.key.value if isinstance(suffix.key.value, str) else None
    return None


def _of_input(tree: n.Node) -> frozenset[str] | None:
    found: set[str] = set()
    try:
        _visit(tree, found)
    except _Any:
        return None
    return frozenset(found)


def _visit(node: n.Node, found: set[str]) -> None:
    match node:
        case n.Identity() | n.Descent() | n.Format() | n.Definition() | n.Choice(otherwise=None):
            raise _Any
        case n.Path():
            _path(node, found)
        case n.Call():
            _call(node, found)
        case n.Chain(operators=operators) if ASSIGNMENTS.intersection(operators):
            raise _Any
        case n.Entry(key=n.Constant(value=str() as name), value=None):
            found.add(name)
        case n.Entry(key=n.Text(), value=None):
            raise _Any
        case _:
            _all(_on_input(node), found)


def _on_input(node: n.Node) -> n.Nodes:
    """The parts of a node whose `.` is that of the node."""
    match node:
        case n.Pipe(parts=(first, *_)):
            return [first]
        case n.Fold():
            return [node.source, node.start]
        case n.Attempt():
            return [node.body]
        case n.Bind():
            if any(key for pattern in node.patterns for key in n.pattern_keys(pattern)):
                raise _Any
            return [node.source, node.body]
        case _:
            return node.children()


def _all(nodes: n.Nodes, found: set[str]) -> None:
    for node in nodes:
        _visit(node, found)


def _path(node: n.Path, found: set[str]) -> None:
    rest = node.suffixes
    if isinstance(node.base, n.Identity):
        name = _field(rest[0])
        if name is None:
            raise _Any
        found.add(name)
        rest = rest[1:]
    else:
        _visit(node.base, found)
    for suffix in rest:
        _all(suffix.children(), found)


def _call(node: n.Call, found: set[str]) -> None:
    called = f"{node.name}/{len(node.arguments)}"
    if called == "has/1" and isinstance(node.arguments[0], n.Constant):
        name = node.arguments[0].value
        if not isinstance(name, str):
            raise _Any
        found.add(name)
    elif called in _ON_INPUT:
        _all(node.arguments[:-1] if called in _ON_ITEMS else node.arguments, found)
    else:
        raise _Any
