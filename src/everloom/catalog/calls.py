"""Read which activities a workflow module calls, from its source: nothing is run."""

import ast
from collections.abc import Iterator
from types import ModuleType

from everloom.authoring import find_activity_binding
from everloom.core import Problem, did_you_mean

from .entries import Catalog
from .importing import source_of

_CALLS = {
    "call",
    "execute_activity",
    "execute_activity_method",
    "execute_local_activity",
    "execute_local_activity_method",
    "start_activity",
    "start_activity_method",
    "start_local_activity",
    "start_local_activity_method",
}


def check_calls(module: ModuleType, catalog: Catalog) -> Iterator[Problem]:
    """Calls to activities that no queue serves, or that are sent to a queue that does not."""
    source = source_of(module)
    if source is None:
        return
    served = {entry.name: entry for entry in catalog.activities}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _last_name(node.func) not in _CALLS or not node.args:
            continue
        name = _activity_name(node.args[0], module)
        if name is None:
            continue
        place = f"{module.__file__}:{node.lineno}"
        entry = served.get(name)
        if entry is None:
            yield Problem(
                "activity-unserved",
                f"The activity `{name}` is called, and no queue serves it.",
                f"{did_you_mean(name, served)} Is its package in `catalog.packages`?",
                place,
            )
            continue
        asked = _constant_queue(node)
        if asked is not None and entry.queue is not None and asked != entry.queue:
            yield Problem(
                "queue-mismatch",
                f"`{name}` is sent to the queue `{asked}`, but bound to `{entry.queue}`.",
                "Leave `task_queue` out, or bind the activity to that queue.",
                place,
            )


def _last_name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _activity_name(argument: ast.expr, module: ModuleType) -> str | None:
    """The wire name of what is called; None when only a run could tell."""
    if isinstance(argument, ast.Constant):
        return argument.value if isinstance(argument.value, str) else None
    value = _resolve(argument, module)
    bound = find_activity_binding(value)
    if bound is not None:
        return bound.name
    return getattr(getattr(value, "__temporal_activity_definition", None), "name", None)


def _resolve(expression: ast.expr, module: ModuleType) -> object:
    match expression:
        case ast.Name(id=name):
            return vars(module).get(name)
        case ast.Attribute(value=inner, attr=name):
            return getattr(_resolve(inner, module), name, None)
        case _:
            return None


def _constant_queue(node: ast.Call) -> str | None:
    for keyword in node.keywords:
        if keyword.arg == "task_queue" and isinstance(keyword.value, ast.Constant):
            return keyword.value.value if isinstance(keyword.value.value, str) else None
    return None
