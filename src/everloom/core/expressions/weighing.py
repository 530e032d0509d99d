"""What may it cost to evaluate an expression?

The expression is walked as if it were evaluated, with sizes in place of values. What repeats as
often as it likes (`reduce`, `foreach`, a `range` over data), grows with what its data says
(`"x" * .n`) or tries again and again (patterns) has no bound, and neither has what would take too
long to find out: `UNBOUNDED`. Nothing here depends on the machine, so all workers agree.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from . import nodes as n
from .amounts import FORMAT, MODELS, SHAPES, Shape
from .bounds import NOTHING, ONE, UNBOUNDED, Bound, Scope, Stream, any_of, larger, plus, times
from .operators import ASSIGNMENTS, COMPARISONS
from .parsing import parse
from .shapes import added_by, constant_number, is_number, is_scalar, is_simple_path

IN_PROCESS = 2_000_000
"""As many steps keep the other runs of a worker waiting for a tenth of a second at the worst."""

_MAX_RANGE = 100_000
_MAX_STEPS = 4_000
_MAX_DEPTH = 80
_STEP = Bound(5.0)
"""What one operation on one value takes beside looking at the value."""

_N = Bound(0.0, 1.0)
_SCALAR = 32.0
"""Size of a number, of a truth value or of a date."""


class _NoBound(Exception):
    """It has no bound, or none that is found soon."""


def weigh(tree: n.Node) -> Bound:
    """The most steps that an evaluation takes, by the size of its input and its variables."""
    try:
        found = _Scale().weigh(tree, Stream(ONE, _N, _N), Scope())
    except _NoBound:
        return UNBOUNDED
    return plus(found.work, found.total, _N)


@cache
def _model(text: str) -> n.Node:
    return parse(text)


def _without_each(counts: Sequence[Bound]) -> list[Bound]:
    """For each of several bounds, the product of all others."""
    before = list(accumulate(counts, times, initial=ONE))
    after = list(accumulate(reversed(counts), times, initial=ONE))
    return [times(before[at], after[-2 - at]) for at in range(len(counts))]


class _Scale:
    """One walk. Repeated questions are answered once, and there is an end to new ones."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Stream, int], Stream] = {}
        self._scopes: list[Scope] = []  # their identities are keys, so they are kept
        self._depth = 0

    def weigh(self, node: n.Node, stream: Stream, scope: Scope) -> Stream:
        """What comes out of a node for each value of a stream, and what that takes."""
        stream = stream.free
        key = (id(node), stream, id(scope))
        if key not in self._known:
            if len(self._known) >= _MAX_STEPS or self._depth >= _MAX_DEPTH:
                raise _NoBound
            self._scopes.append(scope)
            self._depth += 1
            found = self._rule(node, stream, scope)
            self._depth -= 1
            self._known[key] = found.costing(times(_STEP, stream.number))
        return self._known[key]

    def _rule(self, node: n.Node, stream: Stream, scope: Scope) -> Stream:  # noqa: C901, PLR0911, PLR0912 - one line a kind of node
        match node:
            case n.Identity():
                return stream
            case n.Constant(value=value):
                return self._fixed(
                    stream, Bound(2.0 + 6 * len(value) if isinstance(value, str) else _SCALAR)
                )
            case n.Location():
                return self._fixed(stream, Bound(64.0))
            case n.Variable(name=name):
                return self._fixed(stream, scope.variables.get(name, _N))
            case n.Descent():
                return self._shaped(SHAPES["recurse/0"], stream)
            case n.Format():
                return self._shaped(FORMAT, stream)
            case n.Text():
                return self._text(node, stream, scope)
            case n.Negation(operand=operand):
                return self.weigh(operand, stream, scope)
            case n.Array():
                return self._array(node, stream, scope)
            case n.Object():
                return self._object(node, stream, scope)
            case n.Path():
                return self._path(node, stream, scope)
            case n.Pipe(parts=parts):
                return self._pipe(parts, stream, scope)
            case n.Comma(parts=parts):
                return self._comma([self.weigh(each, stream, scope) for each in parts])
            case n.Chain():
                return self._chain(node, stream, scope)
            case n.Bind():
                return self._bind(node, stream, scope)
            case n.Choice():
                return self._choice(node, stream, scope)
            case n.Attempt():
                return self._attempt(node, stream, scope)
            case n.Label(body=body):
                return self.weigh(body, stream, scope)
            case n.Break():
                return self._fixed(stream, Bound(_SCALAR))
            case n.Definition():
                return self.weigh(node.rest, stream, scope.defining(node))
            case n.Call():
                return self._call(node, stream, scope)
            case _:  # `reduce`, `foreach`
                raise _NoBound

    def _product(self, parts: Sequence[n.Node], stream: Stream, scope: Scope) -> Stream:
        """What comes out when each value of a part meets each value of the others."""
        streams = [self.weigh(part, stream, scope) for part in parts]
        counts = [self.weigh(part, stream.single, scope).number for part in parts]
        if not streams:
            return self._fixed(stream, NOTHING)
        others = _without_each(counts)
        pairs = list(zip(streams, others, strict=True))
        most = max(range(len(counts)), key=lambda at: counts[at][::-1])
        count = times(streams[most].number, others[most])
        total = plus(*(times(each.total, other) for each, other in pairs))
        work = plus(*(times(each.work, other) for each, other in pairs), total, times(_STEP, count))
        return Stream(count, plus(*(each.largest for each in streams)), total, work)

    @staticmethod
    def _fixed(stream: Stream, size: Bound) -> Stream:
        total = times(size, stream.number)
        return Stream(stream.number, size, total, stream.number)

    @staticmethod
    def _shaped(shape: Shape, stream: Stream) -> Stream:
        found = stream.resized(shape.factor, shape.extra)
        work = times(Bound(shape.work), plus(stream.total, found.total))
        if not shape.square:
            return found.costing(work)
        square = times(Bound(shape.work), found.total, stream.largest)
        count = stream.total if shape.several else stream.number
        return Stream(count, times(found.largest, stream.largest), square, plus(work, square))

    def _text(self, node: n.Text, stream: Stream, scope: Scope) -> Stream:
        filled = [part for part in node.parts if isinstance(part, n.Node)]
        plain = sum(len(part) for part in node.parts if isinstance(part, str))
        found = self._product(filled, stream, scope)
        return self._shaped(FORMAT, found).resized(1.0, 6.0 * plain + 2).costing(found.work)

    def _array(self, node: n.Array, stream: Stream, scope: Scope) -> Stream:
        if node.body is None:
            return self._fixed(stream, Bound(2.0))
        found = self.weigh(node.body, stream, scope)
        one = self.weigh(node.body, stream.single, scope)
        total = plus(found.total, found.number, times(Bound(2.0), stream.number))
        work = plus(found.work, total)
        return Stream(stream.number, plus(one.total, one.number, Bound(2.0)), total, work)

    def _object(self, node: n.Object, stream: Stream, scope: Scope) -> Stream:
        parts: list[n.Node] = []
        plain = 2.0
        for entry in node.entries:
            plain += 8.0
            if isinstance(entry.key, n.Constant) and isinstance(entry.key.value, str):
                plain += 6.0 * len(entry.key.value)
            else:
                parts.append(entry.key)
            parts.append(entry.value or n.Identity(entry.offset))
        return self._product(parts, stream, scope).resized(1.0, plain)

    def _path(self, node: n.Path, stream: Stream, scope: Scope) -> Stream:
        found = self.weigh(node.base, stream, scope)
        for suffix in node.suffixes:
            found = found.costing(times(_STEP, found.number))
            match suffix:
                case n.Each():
                    # No element takes less than a byte and the comma or bracket behind it.
                    found = found._replace(number=times(Bound(0.5), found.total))
                    found = found.costing(times(_STEP, found.number))
                case n.Index(key=key):
                    found = self._keyed(found, [key], stream, scope)
                    if not is_scalar(key):
                        found = self._searched(found, self.weigh(key, stream.single, scope))
                case n.Slice(start=start, end=end):
                    keys = [each for each in (start, end) if each is not None]
                    found = self._keyed(found, keys, stream, scope).costing(found.total)
                case _:
                    pass
        return found

    def _keyed(self, found: Stream, keys: Sequence[n.Node], stream: Stream, scope: Scope) -> Stream:
        keys = [each for each in keys if not isinstance(each, n.Constant)]
        if not keys:
            return found
        key = self._product(keys, stream, scope)
        each = self._product(keys, stream.single, scope).number
        count, total = times(found.number, each), times(found.total, each)
        return Stream(count, found.largest, total, plus(times(found.work, each), key.work))

    @staticmethod
    def _searched(found: Stream, key: Stream) -> Stream:
        """A key that is a list: its places in the other one, with every place compared."""
        return found.resized(8.0, 2.0).costing(times(found.total, key.largest))

    def _pipe(self, parts: Sequence[n.Node], stream: Stream, scope: Scope) -> Stream:
        work = NOTHING
        for part in parts:
            stream = self.weigh(part, stream, scope)
            work = plus(work, stream.work)
        return stream._replace(work=work)

    @staticmethod
    def _comma(streams: Sequence[Stream]) -> Stream:
        return Stream(
            plus(*(each.number for each in streams)),
            larger(*(each.largest for each in streams)),
            plus(*(each.total for each in streams)),
            plus(*(each.work for each in streams)),
        )

    def _chain(self, node: n.Chain, stream: Stream, scope: Scope) -> Stream:
        operators = set(node.operators)
        if operators <= ASSIGNMENTS:
            return self._assignment(node, stream, scope)
        if operators == {"//"}:
            return any_of([self.weigh(each, stream, scope) for each in node.operands])
        found = self._product(node.operands, stream, scope)
        if operators <= COMPARISONS | {"and", "or"}:
            return self._fixed(found, Bound(5.0)).costing(found.work)
        if operators <= {"+", "-"}:
            return self._sum(node, found, stream, scope)
        return self._scaled(node, found)

    def _sum(self, node: n.Chain, found: Stream, stream: Stream, scope: Scope) -> Stream:
        if is_number(node):
            return self._fixed(found, Bound(_SCALAR)).costing(found.work)
        if "-" in node.operators and not any(is_number(each) for each in node.operands):
            # Taking a list from a list compares all with all.
            taken = [self.weigh(each, stream.single, scope).largest for each in node.operands]
            found = found.costing(times(found.total, plus(*taken)))
        return found

    @staticmethod
    def _scaled(node: n.Chain, found: Stream) -> Stream:
        if is_number(node):
            return _Scale._fixed(found, Bound(_SCALAR)).costing(found.work)
        factor, unknown = 1.0, 0
        for operator, operand in zip(("*", *node.operators), node.operands, strict=True):
            number = constant_number(operand)
            if operator == "/":
                factor *= 4.0  # a text falls apart into texts of one character
            elif operator == "*" and number is not None:
                factor *= max(abs(number), 1.0)
            elif operator == "*":
                unknown += 1
        if unknown > 1:
            raise _NoBound  # a text, as many times as a number says
        return found.resized(factor, _SCALAR).costing(times(Bound(factor), found.total))

    def _assignment(self, node: n.Chain, stream: Stream, scope: Scope) -> Stream:
        place, value = node.operands
        (operator,) = node.operators
        if not is_simple_path(place):
            raise _NoBound
        found = self.weigh(place, stream, scope)
        if operator == "|=":
            new = self.weigh(value, found, scope)
            each = ONE
        else:
            each = self.weigh(value, stream.single, scope).number
            one = self.weigh(value, stream.single, scope)
            work = self.weigh(value, stream, scope).work
            new = Stream(found.number, one.largest, times(found.number, one.largest), work)
        factor = self._growth(operator, value)
        added = plus(new.total, times(Bound(added_by(place)), stream.number))
        total = times(each, plus(times(Bound(factor), stream.total), added))
        largest = plus(times(Bound(factor), stream.largest), new.total, Bound(added_by(place)))
        work = plus(
            found.work, new.work, times(Bound(4.0), total), times(_STEP, each, found.number)
        )
        if operator == "-=":
            work = plus(work, times(found.total, new.largest))
        return Stream(times(stream.number, each), largest, total, work)

    @staticmethod
    def _growth(operator: str, value: n.Node) -> float:
        if operator == "*=":
            number = constant_number(value)
            if number is None:
                raise _NoBound
            return max(abs(number), 1.0)
        return 4.0 if operator == "/=" else 1.0

    def _bind(self, node: n.Bind, stream: Stream, scope: Scope) -> Stream:
        if any(key for pattern in node.patterns for key in n.pattern_keys(pattern)):
            raise _NoBound
        source = self.weigh(node.source, stream, scope)
        one = self.weigh(node.source, stream.single, scope)
        names = [name for pattern in node.patterns for name in n.pattern_names(pattern)]
        inside = scope.binding(dict.fromkeys(names, one.largest))
        # With `?//`, an error in the body tries the next pattern: the body may run for each.
        runs = Bound(float(len(node.patterns)))
        again = Stream(source.number, stream.largest, times(stream.total, one.number))
        body = self.weigh(node.body, again, inside)
        return Stream(
            times(body.number, runs), body.largest, times(body.total, runs),
            plus(source.work, times(body.work, runs)),
        )  # fmt: skip

    def _choice(self, node: n.Choice, stream: Stream, scope: Scope) -> Stream:
        found: list[Stream] = []
        work = NOTHING
        for condition, body in node.cases:
            work = plus(work, self.weigh(condition, stream, scope).work)
            each = self.weigh(condition, stream.single, scope).number
            stream = Stream(times(stream.number, each), stream.largest, times(stream.total, each))
            found.append(self.weigh(body, stream, scope))
        found.append(self.weigh(node.otherwise, stream, scope) if node.otherwise else stream)
        return any_of(found).costing(work)

    def _attempt(self, node: n.Attempt, stream: Stream, scope: Scope) -> Stream:
        body = self.weigh(node.body, stream, scope)
        if node.catch is None:
            return body
        one = self.weigh(node.body, stream.single, scope)
        # Whatever an error says was made before, and so is a part of the work.
        said = Bound(200.0)
        message = Stream(
            stream.number,
            plus(one.work, one.total, stream.largest, _N, said),
            plus(body.work, body.total, stream.total, times(plus(_N, said), stream.number)),
        )
        return any_of([body, self.weigh(node.catch, message, scope)])

    def _call(self, node: n.Call, stream: Stream, scope: Scope) -> Stream:
        called = f"{node.name}/{len(node.arguments)}"
        if called in scope.functions:
            own, home = scope.functions[called]
            if isinstance(own, n.Definition) and home is None:
                return self._own(own, node, stream, scope)
            return self.weigh(own, stream, home or scope)
        if node.name == "range":
            return self._range(node, stream)
        if called == "del/1" and is_simple_path(node.arguments[0]):
            found = self.weigh(node.arguments[0], stream, scope)
            return stream.costing(plus(found.work, times(Bound(8.0), stream.total)))
        if called in SHAPES:
            return self._shaped(SHAPES[called], stream)
        if called not in MODELS:
            raise _NoBound
        given = {
            f"{name}/0": (argument, scope)
            for name, argument in zip("fgh", node.arguments, strict=False)
        }
        return self.weigh(_model(MODELS[called]), stream, Scope({}, given))

    def _own(self, own: n.Definition, node: n.Call, stream: Stream, scope: Scope) -> Stream:
        given: dict[str, tuple[n.Node, Scope | None]] = {}
        sizes: dict[str, Bound] = {}
        runs, work = ONE, NOTHING
        for parameter, argument in zip(own.parameters, node.arguments, strict=True):
            given[f"{parameter.name}/0"] = (argument, scope)
            if parameter.value:
                one = self.weigh(argument, stream.single, scope)
                work = plus(work, times(self.weigh(argument, stream, scope).work, runs))
                sizes[parameter.name], runs = one.largest, times(runs, one.number)
        again = Stream(times(stream.number, runs), stream.largest, times(stream.total, runs))
        inside = scope.home(own).calling(given, sizes)
        return self.weigh(own.body, again, inside).costing(work)

    def _range(self, node: n.Call, stream: Stream) -> Stream:
        numbers = [constant_number(each) for each in node.arguments]
        known = [each for each in numbers if each is not None]
        if len(known) < len(numbers):
            raise _NoBound
        start, end, step = (0.0, known[0], 1.0) if len(known) == 1 else (*known, 1.0)[:3]
        many = max((end - start) / step, 0.0) + 1 if step else 1.0
        if not many <= _MAX_RANGE:
            raise _NoBound
        count = times(Bound(many), stream.number)
        return Stream(count, Bound(_SCALAR), times(count, Bound(_SCALAR)), times(_STEP, count))
