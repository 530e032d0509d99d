"""Which expressions can Python evaluate exactly as jq does, and quicker?

Those that have one value and do with it what Python does as well: paths, objects, comparisons,
arithmetic of usual numbers, `if`, `//`. Writing the input as JSON for jq and reading it back takes
longer than all of these, the more the larger it is. Whatever is not plainly the same, an error
above all, is `Unsure`, and jq is asked.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import everloom.core.expressions.nodes as n
from everloom.core import Json

from .operations import CALLS, OPERATIONS, at_key, has_key, is_true, joined, text_of
from .settling import Unsure, number

Quick: TypeAlias = Callable[[Json, Mapping[str, Json]], Json]
"""Input and variables in, value out."""


MOST_LOOKS = 64
"""Operators and texts of an expression that is left to Python. Each may look at all of its input, and
nothing stops them; jq is asked about longer expressions only where their weight allows it."""


def quick(tree: n.Node) -> Quick | None:
    """The expression as a Python function, or None where jq is needed."""
    if _looks(tree) > MOST_LOOKS:
        return None
    try:
        return _quick(tree)
    except Unsure:
        return None


def _looks(node: n.Node) -> int:
    own = len(node.operators) if isinstance(node, n.Chain) else int(isinstance(node, n.Text))
    return own + sum(map(_looks, node.children()))


def _quick(node: n.Node) -> Quick:
    rule = _RULES.get(type(node))
    if rule is None:
        raise Unsure
    return rule(node)


def _identity(_: n.Identity) -> Quick:
    return lambda input, _: input


def _constant(node: n.Constant) -> Quick:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = number(value)
        # `1.0` keeps its point in texts, so a number that was not written whole is left to jq.
        if isinstance(node.value, float) and isinstance(value, int):
            raise Unsure
    return lambda _, __: value


def _variable(node: n.Variable) -> Quick:
    name = node.name
    return lambda _, variables: variables[name]


def _path(node: n.Path) -> Quick:
    value = _quick(node.base)
    for suffix in node.suffixes:
        if not isinstance(suffix, n.Index):
            raise Unsure
        value = _indexed(value, suffix.key)
    return value


def _indexed(base: Quick, key: n.Node) -> Quick:
    if isinstance(key, n.Constant) and isinstance(key.value, str):
        name = key.value

        def named(input: Json, variables: Mapping[str, Json]) -> Json:
            value = base(input, variables)
            if value.__class__ is dict:
                return value.get(name)
            if value is None:
                return None
            raise Unsure

        return named
    found = _quick(key)
    return lambda input, variables: at_key(base(input, variables), found(input, variables))


def _pipe(node: n.Pipe) -> Quick:
    first, *rest = [_quick(part) for part in node.parts]
    for part in rest:
        first = _after(first, part)
    return first


def _after(before: Quick, after: Quick) -> Quick:
    return lambda input, variables: after(before(input, variables), variables)


def _array(node: n.Array) -> Quick:
    body = node.body
    if body is None:
        return lambda _, __: []
    parts = [_quick(part) for part in (body.parts if isinstance(body, n.Comma) else (body,))]
    return lambda input, variables: [part(input, variables) for part in parts]


def _object(node: n.Object) -> Quick:
    entries = [_entry(entry) for entry in node.entries]
    return lambda input, variables: {key: value(input, variables) for key, value in entries}


def _entry(entry: n.Entry) -> tuple[str, Quick]:
    match entry.key:
        case n.Constant(value=str() as key):
            if entry.value is not None:
                return key, _quick(entry.value)
            return key, _indexed(_identity(n.Identity(0)), entry.key)
        case n.Variable(name=key) if entry.value is None:
            return key, _variable(entry.key)
        case _:
            raise Unsure


def _text(node: n.Text) -> Quick:
    if node.format is not None:
        raise Unsure
    parts = [_plain(part) if isinstance(part, str) else _quick(part) for part in node.parts]
    return lambda input, variables: joined([text_of(part(input, variables)) for part in parts])


def _plain(text: str) -> Quick:
    return lambda _, __: text


def _negation(node: n.Negation) -> Quick:
    operand = _quick(node.operand)
    return lambda input, variables: number(-number(operand(input, variables)))


def _chain(node: n.Chain) -> Quick:
    first, *rest = [_quick(operand) for operand in node.operands]
    if node.operators[0] == "//":
        return _alternatives([first, *rest])
    if node.operators[0] in {"and", "or"}:
        return _judged([first, *rest], is_all=node.operators[0] == "and")
    for operator, operand in zip(node.operators, rest, strict=True):
        first = _operated(operator, first, operand)
    return first


def _operated(operator: str, left: Quick, right: Quick) -> Quick:
    operation = OPERATIONS.get(operator)
    if operation is None:
        raise Unsure
    return lambda input, variables: operation(left(input, variables), right(input, variables))


def _alternatives(parts: list[Quick]) -> Quick:
    *choices, last = parts

    def alternatives(input: Json, variables: Mapping[str, Json]) -> Json:
        for choice in choices:
            value = choice(input, variables)
            if is_true(value):
                return value
        return last(input, variables)

    return alternatives


def _judged(parts: list[Quick], *, is_all: bool) -> Quick:
    def judged(input: Json, variables: Mapping[str, Json]) -> Json:
        for part in parts:
            if is_true(part(input, variables)) is not is_all:
                return not is_all
        return is_all

    return judged


def _choice(node: n.Choice) -> Quick:
    cases = [(_quick(condition), _quick(body)) for condition, body in node.cases]
    otherwise = _identity(n.Identity(0)) if node.otherwise is None else _quick(node.otherwise)

    def choice(input: Json, variables: Mapping[str, Json]) -> Json:
        for condition, body in cases:
            if is_true(condition(input, variables)):
                return body(input, variables)
        return otherwise(input, variables)

    return choice


def _call(node: n.Call) -> Quick:
    if node.name == "has" and len(node.arguments) == 1:
        key = _quick(node.arguments[0])
        return lambda input, variables: has_key(input, key(input, variables))
    function = CALLS.get(node.name)
    if function is None or node.arguments:
        raise Unsure
    return lambda input, _: function(input)


_RULES: Mapping[type[n.Node], Callable[..., Quick]] = {
    n.Identity: _identity,
    n.Constant: _constant,
    n.Variable: _variable,
    n.Path: _path,
    n.Pipe: _pipe,
    n.Array: _array,
    n.Object: _object,
    n.Text: _text,
    n.Negation: _negation,
    n.Chain: _chain,
    n.Choice: _choice,
    n.Call: _call,
}
"""What has a rule is evaluated in Python. Names that an expression defines itself never get here:
a `def` has none."""
