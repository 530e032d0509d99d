"""Read which activities and workflows the code calls, from its source: nothing is run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from temporalio import workflow
from typing_extensions import override

from everloom.authoring import call, child, each, find_activity_binding, start_child
from everloom.core import Problem, did_you_mean
from everloom.settings import Settings

from .entries import ActivityEntry, Catalog, WorkflowEntry
from .importing import source_of

_CHILD = ("execute_child_workflow", "start_child_workflow")
_KINDS: dict[int, str] = {
    # By the function itself: other things are named `call` too.
    id(call): "activity",
    id(each): "each",
    id(child): "child",
    id(start_child): "child",
    **{id(vars(workflow)[name]): "child" for name in _CHILD},
    **{
        id(vars(workflow)[f"{begin}_{local}activity{shape}"]): "activity"
        for begin in ("execute", "start")
        for local in ("", "local_")
        for shape in ("", "_class", "_method")
    },
}


def check_calls(module: ModuleType, catalog: Catalog, settings: Settings) -> Iterator[Problem]:
    """Calls to activities that no queue serves, and those sent to a queue that does not serve them."""
    source = source_of(module)
    if source is None:
        return
    reader = _Reader(module, catalog)
    reader.visit(ast.parse(source))
    for found in reader.calls:
        if found.is_child:
            problem = _wrong_child(found, catalog, settings)
        else:
            problem = _wrong_activity(found, catalog, settings)
        if problem is not None:
            code, message, hint = problem
            yield Problem(code, message, hint, f"{module.__file__}:{found.line}")


@dataclass(frozen=True)
class _Call:
    """One call of an activity or a child workflow, as far as the source tells."""

    is_child: bool
    target: object
    """What is called: a class, a function or a wire name; None when only a run could tell."""
    queue: str | None
    """The queue it goes to; None when only a run could tell."""
    line: int


class _Reader(ast.NodeVisitor):
    """Notes every call, and the workflow it stands in."""

    def __init__(self, module: ModuleType, catalog: Catalog) -> None:
        self.calls: list[_Call] = []
        self._module = module
        self._workflows = {entry.cls: entry for entry in catalog.workflows}
        self._caller: WorkflowEntry | None = None

    @override
    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        former = self._caller
        cls: object = vars(self._module).get(node.name)
        if isinstance(cls, type):
            self._caller = self._workflows.get(cls, former)
        self.generic_visit(node)
        self._caller = former

    @override
    def visit_Call(self, node: ast.Call) -> None:
        function = self._resolve(node.func)
        kind = _KINDS.get(id(function))
        called = _called(node, kind)
        if called is not None:
            target = self._resolve(called)
            if kind in {"activity", "child"} or find_activity_binding(target) is not None:
                queue = self._queue(node, function)
                self.calls.append(_Call(kind == "child", target, queue, node.lineno))
        self.generic_visit(node)

    def _queue(self, node: ast.Call, function: object) -> str | None:
        if function in (child, start_child):
            return self._text(_keyword(node, "queue"))
        own = self._caller.queue if self._caller is not None else None
        if function in (call, each):
            # Ours goes to where the activity is bound, but a local one runs beside its caller.
            local = _keyword(node, "local")
            return own if isinstance(local, ast.Constant) and local.value is True else None
        if _KINDS.get(id(function)) is None:
            return None  # what undoes a step of a saga goes to where it is bound
        asked = _keyword(node, "task_queue")
        return own if asked is None else self._text(asked)

    def _text(self, expression: ast.expr | None) -> str | None:
        value = self._resolve(expression) if expression is not None else None
        return value if isinstance(value, str) else None

    def _resolve(self, expression: ast.expr) -> object:
        match expression:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return vars(self._module).get(name)
            case ast.Attribute(value=inner, attr=name):
                return getattr(self._resolve(inner), name, None)
            case _:
                return None


def _called(node: ast.Call, kind: str | None) -> ast.expr | None:
    """The part of a call that names an activity or a child; None when it is no such call."""
    if kind == "each":
        return node.args[1] if len(node.args) > 1 else _keyword(node, "handle")
    if kind is not None:
        return node.args[0] if node.args else _keyword(node, "activity", "workflow", "other")
    if isinstance(node.func, ast.Attribute) and node.func.attr == "step":
        return _keyword(node, "undo")  # of a saga, whose variable only a run could tell
    return None


def _keyword(node: ast.Call, *names: str) -> ast.expr | None:
    return next((each.value for each in node.keywords if each.arg in names), None)


def _wrong_activity(
    found: _Call, catalog: Catalog, settings: Settings
) -> tuple[str, str, str] | None:
    name = _activity_name(found.target)
    if name is None:
        return None
    served = {entry.name: entry for entry in catalog.activities}
    entry = served.get(name)
    if entry is None:
        return (
            "activity-unserved",
            f"The activity `{name}` is called, and no queue serves it.",
            f"{did_you_mean(name, served)} Is its package in `catalog.packages`?",
        )
    return _wrong_queue(entry, found.queue, catalog, settings)


def _wrong_child(found: _Call, catalog: Catalog, settings: Settings) -> tuple[str, str, str] | None:
    for entry in catalog.workflows:
        if found.target in (entry.name, entry.cls, vars(entry.cls).get("run")):
            return _wrong_queue(entry, found.queue, catalog, settings)
    return None


def _wrong_queue(
    entry: ActivityEntry | WorkflowEntry, asked: str | None, catalog: Catalog, settings: Settings
) -> tuple[str, str, str] | None:
    bound = entry.queue
    if isinstance(entry, WorkflowEntry) and not entry.is_bound:
        bound = None
    if asked is None or asked == bound:
        return None
    if bound is not None:
        return (
            "queue-mismatch",
            f"`{entry.name}` is sent to the queue `{asked}`, but bound to `{bound}`.",
            f"Send it to `{bound}`, or bind it to `{asked}`.",
        )
    if asked in catalog.queues():
        return None
    known = settings.queues.names()
    if asked not in known:
        message = f"`{entry.name}` is sent to the queue `{asked}`, which is not there."
        return "queue-unknown", message, did_you_mean(asked, known)
    message = f"`{entry.name}` is sent to the queue `{asked}`, which serves nothing by itself."
    return "activity-unserved", message, f"Bind it to `{asked}`, or send it elsewhere."


def _activity_name(target: object) -> str | None:
    """The wire name of what is called; None when only a run could tell."""
    if isinstance(target, str):
        return target
    bound = find_activity_binding(target)
    if bound is not None:
        return bound.name
    return getattr(getattr(target, "__temporal_activity_definition", None), "name", None)
