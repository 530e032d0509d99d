"""Generated tasks that hold others, and the ways between the tasks of a list."""

from collections.abc import Sequence
from dataclasses import replace

from tests.language.properties.leaves import (
    ERROR_TYPES,
    Object,
    calls,
    children,
    emits,
    error_filter,
    policy,
    raises,
    sets,
    stages,
    switches,
    waits,
)
from tests.language.properties.problems import Json
from tests.language.properties.snippets import condition, placed, value, written
from tests.language.properties.spots import Made, Spot
from tests.language.properties.texts import literal, name

VARIABLES = ["item", "index", "x", "color", "self", "data", "class", "here", "pet_2", "_", "lambda"]
SAFE_PARTS = ["type", "status", "instance"]
"""What of a standard error every implementation says alike."""


def task_list(spot: Spot, least: int = 1, most: int = 3) -> list[Object]:
    """A scope: tasks, and the ways between them."""
    choose = spot.choose
    called = choose.different(least, most, lambda: name(choose))
    spot.made.tasks += len(called)
    here = replace(spot, winding=choose.once_in(10))
    found = [task_of(here) for _ in called]
    if choose.once_in(6):
        scramble(found, [0, *choose.shuffled(range(1, len(found)))], called)
    else:
        for number, task in enumerate(found):
            lead(spot, task, called, number)
    return [{each: task} for each, task in zip(called, found, strict=True)]


def scramble(found: list[Object], order: Sequence[int], called: Sequence[str]) -> None:
    """Lead through all tasks in another order than theirs, forward and back, then out.

    Nothing may leave this way, or it could go in circles: no task is skipped, no case decides.
    """
    targets = [*(called[each] for each in order[1:]), "exit"]
    for number, target in zip(order, targets, strict=True):
        task = found[number]
        task.pop("if", None)
        task["then"] = target
        for case in task.get("switch", []):
            (each,) = case.values()
            each["then"] = target


def lead(spot: Spot, task: Object, called: Sequence[str], number: int) -> None:
    """Where a task leads: on, forward by name, or out; a switch also back, while there is fuel."""
    choose = spot.choose
    leaving = ["exit", "end"] if choose.once_in(8) else []
    forward = ["continue", *called[number + 1 :], *leaving]
    if choose.once_in(3):
        task["then"] = choose.pick(forward)
    for case in task.get("switch", []):
        (each,) = case.values()
        each["then"] = choose.pick(forward)
    if "switch" in task and choose.either():
        add_jump(task, choose.pick(called), spot.made)
    if "catch" in task and choose.once_in(4):
        task["catch"]["then"] = choose.pick(forward)


def add_jump(task: Object, target: str, made: Made) -> None:
    """A first case that jumps anywhere, and counts how often."""
    made.jumps += 1
    key = f"jump{made.jumps}"
    case = {"when": f"(($context.{key}? // 0) < 2)", "then": target}
    task["switch"] = [{f"back {made.jumps}": case}, *task["switch"]]
    task["export"] = {"as": f"($context // {{}}) + {{{key}: (($context.{key}? // 0) + 1)}}"}


def task_of(spot: Spot) -> Object:
    """A task with what all tasks may have."""
    kind = spot.choose.pick(kinds(spot))
    return {**stages(spot, kind), **KINDS[kind](spot)}


def kinds(spot: Spot) -> list[str]:
    """What a task may be here."""
    found = ["set", "set", "set", "set", "switch", "switch"]
    if spot.winding:
        return ["switch", "set", "switch", "switch"]
    if spot.tried or spot.choose.once_in(3):
        found += ["raise", "raise"]
    if spot.depth < 3 and spot.made.tasks < spot.made.most:
        found += ["do", "for", "fork", "fork", "try", "try", "try"]
    if spot.functions:
        found += ["call", "call"]
    if not spot.instantaneous:
        found += ["wait", "emit", *(["run"] if spot.made.others else [])]
    return found


def dos(spot: Spot) -> Object:
    """A scope of its own."""
    return {"do": task_list(spot.deeper())}


def loops(spot: Spot) -> Object:
    """A loop over a short list, in the data or in the definition."""
    choose = spot.choose
    each, at = choose.shuffled(VARIABLES)[:2]
    loop: Object = {"each": each, "at": at}
    if choose.either():
        each, at = "item", "index"
        loop = choose.pick([{}, {"each": "item"}, {"at": "index"}])
    loop["in"] = items(spot)
    inside = spot.deeper(each, at)
    found: Object = {"for": loop}
    if choose.once_in(3):
        held = choose.pick([f"${at} < 2", condition(choose, inside.variables)])
        found["while"] = written(choose, held)
    return {**found, "do": task_list(inside)}


def items(spot: Spot) -> Json:
    """What to loop over: an expression, or a list in the definition."""
    choose = spot.choose
    if choose.once_in(3):
        computed = placed(choose, value(choose, spot.variables))
        return choose.many(1, 3, lambda: choose.pick([literal(choose), computed]))
    counted = "[(.items? // [])[]?] | .[:3]"
    return written(choose, choose.pick([counted, "[1, 2]", "[., .]", '["a", "b", "c"]', "[]"]))


def forks(spot: Spot) -> Object:
    """Branches, of which none takes time."""
    choose = spot.choose
    competing = choose.either() and choose.either()
    at_once = spot.instantaneous or competing or choose.either()
    inside = replace(spot.deeper(), instantaneous=at_once)
    called = choose.different(1, 3, lambda: name(choose))
    spot.made.tasks += len(called)
    fork: Object = {"branches": [{each: task_of(inside)} for each in called]}
    if competing or choose.either():
        fork["compete"] = competing
    return {"fork": fork}


def tries(spot: Spot) -> Object:
    """A try: filter, conditions, retries, and tasks that see the error."""
    choose = spot.choose
    catch: Object = {}
    variable = choose.pick(["error", "err", "exception", "self"])
    if variable != "error" or choose.either():
        catch["as"] = variable
    if choose.once_in(4):
        catch["errors"] = {"with": error_filter(choose)}
    for key in choose.pick([[], [], ["when"], ["exceptWhen"], ["when", "exceptWhen"]]):
        catch[key] = written(choose, about(spot, variable))
    if choose.either():
        catch["retry"] = policy(spot)
    body = task_list(replace(spot.deeper(), tried=True))
    if "retry" in catch and choose.either():
        body = [*flaky(spot), *body]
    if "retry" in catch or not choose.once_in(3):
        seen = ", ".join(f"${variable}.{part}" for part in SAFE_PARTS)
        see = {f"see {spot.made.tasks}": {"set": {"seen": f"${{ [{seen}] }}"}}}
        catch["do"] = [see, *task_list(spot.deeper())]
    return {"try": body, "catch": catch}


def flaky(spot: Spot) -> list[Object]:
    """Tasks that fail once or twice, then not any more."""
    spot.made.keys += 1
    key, failures = f"tries{spot.made.keys}", spot.choose.pick([1, 2, 3])
    count = f"($context // {{}}) + {{{key}: (($context.{key}? // 0) + 1)}}"
    raised: Object = {"type": spot.choose.pick(ERROR_TYPES), "status": 503}
    return [
        {f"count {key}": {"set": {"n": 1}, "export": {"as": count}}},
        {f"fail {key}": {"if": f"$context.{key} <= {failures}", "raise": {"error": raised}}},
    ]


def about(spot: Spot, variable: str) -> str:
    """A condition on an error, by its name or as the input."""
    part = spot.choose.pick([f"${variable}.status", ".status"])
    return f"{part} {spot.choose.pick(['>= 400', '== 404', '!= 404'])}"


KINDS = {
    "set": sets, "switch": switches, "do": dos, "for": loops, "fork": forks, "raise": raises,
    "try": tries, "wait": waits, "emit": emits, "run": children, "call": calls,
}  # fmt: skip
