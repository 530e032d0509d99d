"""What does an expression call and mention, and may it?

Names are resolved as jq does: a `def` or a parameter hides what has the same name and the same
number of arguments further out, and a function knows only what stands before it and itself.
"""

from dataclasses import dataclass, field, replace

from everloom.core import did_you_mean
from everloom.core.expressions import nodes as n

from .amounts import amount_problem
from .dates import format_problem
from .names import ALLOWED, FORBIDDEN_VARIABLES, FORMATS, REFUSED, arities
from .names import UNBOUNDED as UNBOUNDED_NAMES
from .problems import FORBIDDEN, SYNTAX, UNBOUNDED, UNKNOWN_FUNCTION, ExpressionProblem


@dataclass(frozen=True)
class _Scope:
    """What names mean at a place."""

    functions: frozenset[str] = frozenset()
    """Own functions and parameters, as `name/arity`."""

    open: frozenset[str] = frozenset()
    """Own functions whose body this place is in, and that nothing hides."""

    labels: frozenset[str] = frozenset()

    def defining(self, *names: str, is_open: bool = False) -> "_Scope":
        inside = self.open | set(names) if is_open else self.open - set(names)
        return replace(self, functions=self.functions | set(names), open=inside)


@dataclass
class Reading:
    """What was found in an expression."""

    problems: list[ExpressionProblem] = field(default_factory=list[ExpressionProblem])
    functions: set[str] = field(default_factory=set[str])
    """Functions of jq that are called, as `name/arity`."""


def read(tree: n.Node) -> Reading:
    """Walk an expression."""
    walk = _Walk()
    walk.visit(tree, _Scope())
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found = Reading()

    def visit(self, node: n.Node, scope: _Scope) -> None:
        match node:
            case n.Variable():
                self._check_variable(node.name, node)
            case n.Name() | n.Member() if node.name is not None:
                self._check_variable(node.name, node)
                self._all(node.children(), scope)
            case n.Call():
                self._call(node, scope)
            case n.Definition():
                self._definition(node, scope)
            case n.Label():
                self.visit(node.body, replace(scope, labels=scope.labels | {node.name}))
            case n.Break() if node.name not in scope.labels:
                self._say(SYNTAX, node, f"There is no `label ${node.name}` around `break`.")
            case _:
                self._other(node, scope)

    def _other(self, node: n.Node, scope: _Scope) -> None:
        if isinstance(node, n.Format):
            self._format(node, node.name)
        elif isinstance(node, n.Text) and node.format is not None:
            self._format(node, node.format)
        elif isinstance(node, n.Chain):
            self._note(amount_problem(node))
        self._all(node.children(), scope)

    def _all(self, nodes: n.Nodes, scope: _Scope) -> None:
        for node in nodes:
            self.visit(node, scope)

    def _definition(self, node: n.Definition, scope: _Scope) -> None:
        own = f"{node.name}/{len(node.parameters)}"
        for named in (node, *node.parameters):
            if named.name in REFUSED:
                self._say(FORBIDDEN, named, f"`{named.name}` is a function of jq that is refused.",
                          "Choose another name.")  # fmt: skip
        for each in node.parameters:
            self._check_variable(each.name, each)
        inside = scope.defining(own, is_open=True)
        inside = inside.defining(*(f"{each.name}/0" for each in node.parameters))
        self.visit(node.body, inside)
        self.visit(node.rest, scope.defining(own))

    def _call(self, node: n.Call, scope: _Scope) -> None:
        called = f"{node.name}/{len(node.arguments)}"
        self._all(node.arguments, scope)
        if node.name in REFUSED:
            why, instead = REFUSED[node.name]
            self._say(FORBIDDEN, node, f"`{node.name}` may not be used: {why}.", instead)
        elif called in scope.open:
            message = f"`{node.name}` calls itself, and nobody can tell when it ends."
            self._say(UNBOUNDED, node, message, "Write `reduce`, `foreach`, `walk` or `..`.")
        elif called in scope.functions:
            pass
        elif called in UNBOUNDED_NAMES:
            why, instead = UNBOUNDED_NAMES[called]
            self._say(UNBOUNDED, node, f"`{node.name}` may not be used: {why}.", instead)
        elif called in ALLOWED:
            self.found.functions.add(called)
            self._note(amount_problem(node) or format_problem(node))
        else:
            self._unknown(node, scope)

    def _unknown(self, node: n.Call, scope: _Scope) -> None:
        own = {each.partition("/")[0] for each in scope.functions}
        takes = arities(node.name, ALLOWED | scope.functions)
        if takes:
            wanted = " or ".join(str(each) for each in takes)
            message = f"`{node.name}` takes {wanted} arguments, {len(node.arguments)} are given."
            hint = "`;` stands between arguments, `,` makes several values of one."
        else:
            message = f"There is no function `{node.name}`."
            known = {each.partition("/")[0] for each in ALLOWED} | own
            hint = _meant(node, known)
        self._say(UNKNOWN_FUNCTION, node, message, hint)

    def _format(self, node: n.Node, name: str) -> None:
        if name not in FORMATS:
            hint = did_you_mean(name, FORMATS)
            self._say(UNKNOWN_FUNCTION, node, f"There is no format `@{name}`.", hint)

    def _check_variable(self, name: str, node: n.Node) -> None:
        if name in FORBIDDEN_VARIABLES:
            why, instead = FORBIDDEN_VARIABLES[name]
            self._say(FORBIDDEN, node, f"`${name}` may not be used: {why}.", instead)
        elif "::" in name:
            self._say(SYNTAX, node, f"`${name}` names a module, and expressions have none.")

    def _say(self, code: str, node: n.Node, message: str, hint: str = "") -> None:
        self._note(ExpressionProblem(code, message, hint, node.offset))

    def _note(self, problem: ExpressionProblem | None) -> None:
        if problem is not None and problem not in self.found.problems:
            self.found.problems.append(problem)


def _meant(node: n.Call, known: set[str]) -> str:
    nearest = did_you_mean(node.name, known)
    nearest = nearest if nearest.startswith("Did you mean") else ""
    if node.arguments:
        return nearest or "What may be called is listed in the reference of expressions."
    others = f"A field is read as `.{node.name}`, a variable as `${node.name}`, a text is quoted."
    return f"{nearest} {others}".strip()
