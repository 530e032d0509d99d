"""Definitions as hypothesis makes them up: every feature of control and data flow, always ending.

What runs forever in principle is bounded by fuel: a jump back counts itself in `$context`, and each
export only adds to the context, so no jump is taken more than twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st
from tests.language.properties.choosing import Chooser
from tests.language.properties.composites import task_list, task_of
from tests.language.properties.leaves import Object
from tests.language.properties.problems import Json
from tests.language.properties.snippets import written
from tests.language.properties.spots import Made, Spot
from tests.language.properties.texts import literal, literal_text, reference

BUILT_IN = {"http", "grpc", "openapi", "asyncapi", "mcp", "a2a"}


@dataclass(frozen=True)
class Case:
    """A definition, what it is started with, and the definitions it may run."""

    definition: Object
    input: Json
    others: tuple[Object, ...] = ()


@st.composite
def cases(draw: st.DrawFn, most: int = 25) -> Case:
    """A whole definition with an input."""
    choose = Chooser(draw)
    made = Made(most=most)
    if choose.once_in(4):
        child = definition(choose, Made(most=4))
        child["document"]["name"] = "child"
        made.others = (child,)
    return Case(definition(choose, made), started_with(choose), made.others)


def started_with(choose: Chooser) -> Json:
    """What a run is started with: mostly an object with the keys that expressions mention."""
    if choose.once_in(8):
        return literal(choose)
    found: Object = {"a": literal(choose), "n": choose.pick([0, 1, 2, 3])}
    more: Object = {
        "b": literal(choose),
        "items": choose.many(0, 3, lambda: literal(choose, 1)),
        "nested": {"x": literal(choose, 1)},
        "odd key": choose.pick(["${ 1 + 1 }", "${ .a }", "x"]),
        "it's": literal(choose, 1),
    }
    return found | {key: more[key] for key in choose.some(list(more))}


def definition(choose: Chooser, made: Made) -> Object:
    """A definition; its functions come first, so that tasks may call them."""
    found: Object = {"document": document(choose)}
    functions = add_functions(Spot(choose, made, 2, instantaneous=True))
    if choose.once_in(6):
        found["input"] = {"from": written(choose, "if . == null then {} else . end")}
    if choose.once_in(6):
        ending = choose.pick(["{result: .}", "[., ($context.kept? // 0)]", "."])
        found["output"] = {"as": written(choose, ending)}
    if choose.once_in(10):
        found["timeout"] = {"after": {"minutes": 10}}
    found["do"] = task_list(Spot(choose, made, functions=functions), 2, choose.pick([5, 6, 9]))
    if made.use:
        found["use"] = made.use
    return found


def document(choose: Chooser) -> Object:
    """What a definition says of itself."""
    found: Object = {"dsl": "1.0.3", "namespace": "generated", "name": "case", "version": "1.0.0"}
    for key in choose.some(["title", "summary"]):
        found[key] = literal_text(choose)
    return found


def add_functions(spot: Spot) -> tuple[str, ...]:
    """Functions in `use`, of which each may call those before it."""
    called: Sequence[str] = ()
    if spot.choose.once_in(4):
        called = spot.choose.different(1, 2, lambda: reference(spot.choose))
    functions: tuple[str, ...] = ()
    for each in called:
        if each in BUILT_IN or set(each) & set(":@"):
            continue
        function = task_of(replace(spot, functions=functions))
        spot.made.use.setdefault("functions", {})[each] = function
        functions = (*functions, each)
    return functions
