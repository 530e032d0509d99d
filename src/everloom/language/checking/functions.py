"""Do the functions exist that tasks call, do they take what they are given, and do they ever end?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from everloom.core import Steps, nearest
from everloom.language.addresses import CATALOGED
from everloom.language.definition import FunctionCatalog
from everloom.language.models.tasks import CallFunction
from everloom.language.models.workflow import Use

from .arguments import check_arguments
from .naming import said_of, short
from .notes import Notes
from .walking import ListAt, TaskAt

BUILT_IN = ("http", "openapi", "grpc", "mcp")
DEFAULT_CATALOG = "default"


@dataclass(frozen=True)
class Callables:
    """What calls may lead to."""

    use: Use
    functions: FunctionCatalog | None


def check_functions(lists: list[ListAt], around: Callables, notes: Notes) -> None:
    """Check every call of a function."""
    for at in calls_in(lists):
        _check_call(at, around, notes)
    _check_circles(lists, around.use, notes)


def calls_in(lists: list[ListAt]) -> Iterator[TaskAt]:
    """Every task that calls a function."""
    for each in lists:
        yield from (at for at in each.tasks if isinstance(at.task, CallFunction))


def _check_call(at: TaskAt, around: Callables, notes: Notes) -> None:
    task = at.task
    assert isinstance(task, CallFunction)  # noqa: S101 - `calls_in` gives no others
    if task.call in around.use.functions:
        return
    found = CATALOGED.fullmatch(task.call)
    if found is None or "://" in task.call:
        _note_unknown(task.call, at.steps, around, notes)
    elif found["catalog"] == DEFAULT_CATALOG and DEFAULT_CATALOG not in around.use.catalogs:
        if around.functions is not None:
            _check_default(f"{found['name']}:{found['version']}", at, around.functions, notes)
    elif found["catalog"] in around.use.catalogs:
        _note_nested(task.call, at.steps, notes)
    else:
        known = [*around.use.catalogs, DEFAULT_CATALOG]
        close = nearest(found["catalog"], known)
        notes.add(
            "catalog-unknown",
            (*at.steps, "call"),
            f"There is no catalog `{short(found['catalog'])}` under `use.catalogs`.",
            f"Did you mean `{close}`?" if close else f"There is {said_of(known)}.",
        )


def _note_nested(call: str, steps: Steps, notes: Notes) -> None:
    """What a fetched function calls is not fetched in turn."""
    if steps[:2] == ("use", "functions") and CATALOGED.fullmatch(str(steps[2])):
        notes.add(
            "call-not-supported",
            (*steps, "call"),
            f"`{short(call)}` is called by a function of a catalog, and is not fetched.",
            "Call it from the definition itself.",
        )


def _note_unknown(call: str, steps: Steps, around: Callables, notes: Notes) -> None:
    if "://" in call:
        notes.add(
            "call-not-supported",
            (*steps, "call"),
            "A function cannot be called by its address: what is there may change.",
            "Name the place under `use.catalogs`, and call `name:version@catalog`.",
        )
        return
    known = [*around.use.functions, *BUILT_IN]
    close = nearest(call, known)
    hint = "Add it under `use.functions`, or call `name:version@default`."
    notes.add(
        "function-unknown",
        (*steps, "call"),
        f"There is no function `{short(call)}`.",
        f"Did you mean `{close}`?" if close else hint,
    )


def _check_default(key: str, at: TaskAt, functions: FunctionCatalog, notes: Notes) -> None:
    signature = functions.get(key)
    if signature is not None:
        check_arguments(at, signature, notes)
        return
    name = key.rpartition(":")[0]
    versions = [each for each in functions if each.rpartition(":")[0] == name]
    close = None if versions else nearest(key, functions)
    if versions:
        hint = f"There is {said_of(f'{each}@default' for each in sorted(versions))}."
    elif close:
        hint = f"Did you mean `{close}@default`?"
    else:
        hint = "`everloom catalog` lists the activities; they take one value, or none."
    notes.add(
        "function-unknown",
        (*at.steps, "call"),
        f"There is no function `{short(key)}` in the default catalog.",
        hint,
    )


def _check_circles(lists: list[ListAt], use: Use, notes: Notes) -> None:
    calls = _calls_of_functions(lists, use)
    done: set[str] = set()
    for name in use.functions:
        circle = _circle_from(name, calls, done)
        if circle:
            done.update(circle)
            _note_circle(circle, calls, notes)


def _note_circle(circle: list[str], calls: Mapping[str, Mapping[str, Steps]], notes: Notes) -> None:
    following = circle[1] if len(circle) > 1 else circle[0]
    said = " calls ".join(f"`{short(each)}`" for each in [*circle, circle[0]])
    notes.add(
        "functions-in-a-circle",
        calls[circle[0]][following],
        f"Functions call each other in a circle: {said}.",
        "Make a loop of it, with `for` or `then`.",
    )


def _calls_of_functions(lists: list[ListAt], use: Use) -> dict[str, dict[str, Steps]]:
    """Which functions each function calls, and where."""
    calls: dict[str, dict[str, Steps]] = {name: {} for name in use.functions}
    for at in calls_in(lists):
        call = getattr(at.task, "call", "")
        if at.steps[:2] == ("use", "functions") and call in calls:
            calls[str(at.steps[2])].setdefault(call, (*at.steps, "call"))
    return calls


def _circle_from(start: str, calls: Mapping[str, Mapping[str, Steps]], done: set[str]) -> list[str]:
    """A circle of calls that leads back to a function; empty when there is none."""
    before: dict[str, str] = {}
    left = [start]
    while left:
        name = left.pop()
        for called in calls[name]:
            if called == start:
                way = [name]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if called not in before and called not in done:
                before[called] = name
                left.append(called)
    return []
