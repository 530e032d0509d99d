"""Generated tasks that hold no others, and what every task may have."""

from collections.abc import Callable

from tests.language.properties.choosing import Chooser
from tests.language.properties.problems import Json
from tests.language.properties.snippets import (
    condition,
    maybe_risky,
    placed,
    spliced,
    value,
    written,
)
from tests.language.properties.spots import Spot
from tests.language.properties.texts import literal, literal_text, name, reference

Object = dict[str, Json]

ERROR_TYPES = [
    "https://example.com/errors/odd", "https://example.com/it's/\"odd\"",
    "https://serverlessworkflow.io/spec/1.0.0/errors/runtime",
    "https://serverlessworkflow.io/dsl/errors/types/communication",
    "https://open-workflow-specification.org/spec/1.0.0/errors/communication",
]  # fmt: skip


def stages(spot: Spot, kind: str) -> Object:
    """The `if`, `input`, `output`, `export`, `timeout` and `metadata` of a task, or some of them."""
    choose, found = spot.choose, dict[str, Json]()
    if choose.once_in(8):
        found["if"] = written(choose, condition(choose, spot.variables))
    if choose.once_in(8):
        found["input"] = {"from": shape(choose, spot.variables)}
    if choose.once_in(6):
        known = (*spot.variables, "$input", "$task.input")
        found["output"] = {"as": shape(choose, known)}
    if choose.once_in(4):
        found["export"] = {"as": export(spot)}
    for part in [each for each in ("input", "output", "export") if choose.once_in(20)]:
        found[part] = {**found.get(part, {}), "schema": schema(choose)}
    quick = spot.instantaneous or kind == "raise"
    if not quick and choose.once_in(15):
        found["timeout"] = {"after": choose.pick([{"minutes": 9}, "PT9M", {"hours": 1}])}
    if choose.once_in(15):
        found["metadata"] = {literal_text(choose): literal(choose)}
    return found


def schema(choose: Chooser) -> Object:
    """A schema that much of the data fits."""
    document = choose.pick([{}, {"type": "object"}, {"not": {"type": "string"}},
                            {"properties": {"n": {"type": "number"}}}, {"minProperties": 1}])  # fmt: skip
    return {"format": "json", "document": document}


def export(spot: Spot) -> str:
    """One more key in the context; in a fork one that no other branch writes."""
    spot.made.keys += 1
    own = f"k{spot.made.keys}"
    key = own if spot.instantaneous else spot.choose.pick(["kept", own])
    kept = value(spot.choose, (*spot.variables, "$output", "$input"), 1)
    return f"($context // {{}}) + {{{key}: ({kept}\n)}}"


def shape(choose: Chooser, known: tuple[str, ...]) -> Json:
    """What `from` and `as` may be: an expression, or an object with some in it."""
    if choose.either():
        return written(choose, maybe_risky(choose, known))
    return filled(choose, known)


def filled(choose: Chooser, known: tuple[str, ...]) -> Object:
    """An object whose values are literals and expressions."""
    keys = choose.different(1, 4, lambda: filled_key(choose))
    return {key: filled_value(choose, known) for key in keys}


def filled_key(choose: Chooser) -> str:
    """Mostly a key that expressions mention."""
    return literal_text(choose) if choose.once_in(3) else choose.pick(["a", "b", "n", "nested"])


def filled_value(choose: Chooser, known: tuple[str, ...]) -> Json:
    """A literal, an expression, a list of some, or a text with one in it."""
    kind = choose.pick(["literal", "expression", "expression", "items", "spliced"])
    if kind == "literal":
        return literal(choose)
    if kind == "items":
        return choose.many(0, 2, lambda: placed(choose, value(choose, known)))
    return spliced(choose) if kind == "spliced" else placed(choose, maybe_risky(choose, known))


def sets(spot: Spot) -> Object:
    """A set: an object, or one expression."""
    known = (*spot.variables, "$input", "$task.input")
    if spot.choose.once_in(5):
        return {"set": placed(spot.choose, value(spot.choose, known))}
    return {"set": filled(spot.choose, known)}


def switches(spot: Spot) -> Object:
    """A switch with cases in any order; where they lead is decided by the list around."""
    choose = spot.choose
    called = choose.different(1, 3, lambda: name(choose))
    default = choose.pick([None, *range(len(called))])
    cases = [
        {} if number == default else {"when": written(choose, condition(choose, spot.variables))}
        for number in range(len(called))
    ]
    return {
        "switch": [
            {each: {**case, "then": "continue"}} for each, case in zip(called, cases, strict=True)
        ]
    }


def error(choose: Chooser, known: tuple[str, ...]) -> Object:
    """An error to raise."""
    found: Object = {
        "type": choose.pick(ERROR_TYPES),
        "status": choose.pick([400, 404, 418, 500, 503]),
    }
    for key in choose.some(["title", "detail"]):
        computed = placed(choose, f"({value(choose, known, 1)}\n| tostring)")
        found[key] = choose.pick([literal_text(choose), computed, spliced(choose)])
    return found


def raises(spot: Spot) -> Object:
    """A raise, of an error in place or by name, that outside of a `try` is mostly not reached."""
    choose = spot.choose
    found: Object = {"raise": {"error": error(choose, (*spot.variables, "$input"))}}
    if choose.once_in(4):
        found["raise"]["error"] = known_or_new(spot, "errors", lambda: error(choose, ()))
    if not spot.tried or choose.either():
        found["if"] = written(choose, condition(choose, spot.variables))
    return found


def known_or_new(spot: Spot, section: str, make: Callable[[], Object]) -> str:
    """The name of something in `use`."""
    called = spot.made.use.setdefault(section, {})
    if called and spot.choose.either():
        return spot.choose.pick(sorted(called))
    found = reference(spot.choose)
    if found not in called:
        called[found] = make()
    return found


def error_filter(choose: Chooser) -> Object:
    """What of an error a catch wants."""
    wanted: Object = {"status": choose.pick([400, 404, 500]), "type": choose.pick(ERROR_TYPES)}
    return {key: wanted[key] for key in choose.pick([["status"], ["type"], ["status", "type"]])}


def policy(spot: Spot) -> Json:
    """A retry policy, in place or by name, that comes to an end soon."""
    return spot.choose.pick([new_policy, named_policy])(spot)


def named_policy(spot: Spot) -> Json:
    """The name of a retry policy."""
    return known_or_new(spot, "retries", lambda: new_policy(spot))


def new_policy(spot: Spot) -> Object:
    """A retry policy."""
    choose = spot.choose
    found: Object = {"limit": {"attempt": {"count": choose.pick([1, 2, 0])}}}
    if choose.once_in(3):
        found["when"] = written(choose, choose.pick([".status >= 500", ".status == 404"]))
    if choose.either() and not spot.instantaneous:
        found["delay"] = {"milliseconds": 1}
        found["backoff"] = {choose.pick(["constant", "linear", "exponential"]): {}}
    return found


def waits(spot: Spot) -> Object:
    """A wait for next to nothing."""
    short: list[Json] = [{"milliseconds": 1}, "PT0.001S", {"seconds": 0}, '${ "PT0.001S" }']
    return {"wait": spot.choose.pick(short)}


def emits(spot: Spot) -> Object:
    """An event of which the definition says everything."""
    choose = spot.choose
    spot.made.keys += 1
    computed = placed(choose, value(choose, spot.variables))
    event: Object = {
        "id": f"event {spot.made.keys}",
        "source": "https://example.com/generated",
        "time": "2026-01-01T00:00:00Z",
        "datacontenttype": "application/json",
        "type": choose.pick(["order.placed", 'it\'s "odd"', "{x}", "größe"]),
        "data": choose.pick([computed, filled(choose, spot.variables), literal(choose)]),
    }
    return {"emit": {"event": {"with": event}}}


def children(spot: Spot) -> Object:
    """A run of another definition."""
    (other,) = spot.made.others
    meant = {key: other["document"][key] for key in ("namespace", "name", "version")}
    run: Object = {"workflow": {**meant, "input": filled(spot.choose, spot.variables)}}
    return {"run": {"await": False, **run} if spot.choose.once_in(5) else run}


def calls(spot: Spot) -> Object:
    """A call of a function of the definition."""
    called = spot.choose.pick(spot.functions)
    return {"call": called, "with": filled(spot.choose, (*spot.variables, "$input"))}
