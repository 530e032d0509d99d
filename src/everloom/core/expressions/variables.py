"""Which variables does an expression expect from outside?"""

from . import nodes as n


def free_variables(tree: n.Node) -> tuple[str, ...]:
    """The variables that nothing in an expression binds, in the order of their mention."""
    found: dict[str, None] = {}
    _visit(tree, frozenset(), found)
    return tuple(found)


def _visit(node: n.Node, bound: frozenset[str], found: dict[str, None]) -> None:
    if isinstance(node, n.Variable) and node.name not in bound:
        found[node.name] = None
    outside, inside, names = _parts(node)
    for child in outside:
        _visit(child, bound, found)
    for child in inside:
        _visit(child, bound | names, found)


def _parts(node: n.Node) -> tuple[n.Nodes, n.Nodes, frozenset[str]]:
    """The parts that see no more than the node, those that see more, and what that is."""
    match node:
        case n.Bind():
            return (node.source, *node.patterns), (node.body,), _bound(node.patterns)
        case n.Fold():
            inside = [each for each in (node.update, node.extract) if each is not None]
            return (node.source, *node.patterns, node.start), inside, _bound(node.patterns)
        case n.Definition():
            names = frozenset(each.name for each in node.parameters if each.value)
            return (node.rest,), (node.body,), names
        case _:
            return node.children(), (), frozenset()


def _bound(patterns: tuple[n.Pattern, ...]) -> frozenset[str]:
    return frozenset(name for pattern in patterns for name in n.pattern_names(pattern))
