"""Which variables does an expression see? The standard's table, and what loops and catches add.

`$secrets` and `$authorization` are in no row: what they hold would get into histories, so they have
rules of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from everloom.core import Steps
from everloom.language.models.tasks import CallFunction, ForTask, ListenTask, TaskBase, TryTask
from everloom.language.models.workflow import Extension, WorkflowDefinition

from .sites import Site, sites_of
from .walking import ListAt, TaskAt

_ALWAYS = frozenset({"workflow", "runtime"})
BEFORE = _ALWAYS | {"context", "task"}
"""In `if` and `input.from` of a task."""
DURING = BEFORE | {"input"}
"""In what a task does, and in its `output.as`."""
AFTER = DURING | {"output"}
"""In `export.as` of a task."""
OUTSIDE = _ALWAYS | {"context", "input"}
"""In what is asked of a workflow from outside, and in its time limit."""

STANDARD = AFTER | {"secrets", "authorization"}
"""Every variable of the standard."""


@dataclass(frozen=True)
class Placed:
    """A text that may hold expressions, and what these see."""

    site: Site
    variables: frozenset[str]
    may_use_secrets: bool
    is_fixed: bool = False
    """Whether its value has to be known before anything runs."""
    is_command: bool = False
    """Whether it is a command line."""


def placed_texts(model: WorkflowDefinition, lists: list[ListAt]) -> Iterator[Placed]:
    """Every text of a definition that may hold expressions."""
    for each in lists:
        for at in each.tasks:
            yield from _of_task(at)
    yield from _of_workflow(model)
    yield from _of_use(model, _names_of(lists))


def _of_task(at: TaskAt) -> Iterator[Placed]:
    for site in sites_of(at.task, at.steps):
        path = site.steps[len(at.steps) :]
        seen = at.scope.variables | _standard(path) | _own(at.task, path)
        # A function gets its arguments as input: they would be in the history.
        secrets = site.may_use_secrets and not isinstance(at.task, CallFunction)
        yield Placed(
            site,
            seen,
            secrets,
            is_fixed="schema" in path[:3] and path[0] in {"input", "output", "export", "foreach"},
            is_command=path == ("run", "shell", "command"),
        )


def _standard(path: Steps) -> frozenset[str]:
    if path[0] in {"if", "input"}:
        return BEFORE
    if path[0] == "export" or path[:2] == ("foreach", "export"):
        return AFTER
    return DURING


def _own(task: TaskBase, path: Steps) -> frozenset[str]:
    """What a part of a task sees beyond the task itself."""
    match task:
        case ForTask() if path[0] == "while":
            return frozenset({task.for_.each, task.for_.at})
        case TryTask() if path[0] == "catch" and path[1] in {"when", "exceptWhen", "retry"}:
            return frozenset({task.catch.as_})
        case ListenTask(foreach=foreach) if foreach is not None and path[0] == "foreach":
            return frozenset({foreach.item, foreach.at})
        case ListenTask() if "with" in path or "correlate" in path:
            return frozenset({"event"})
        case _:
            return frozenset()


def _of_workflow(model: WorkflowDefinition) -> Iterator[Placed]:
    for site in sites_of(model, (), keys=("input", "output", "timeout", "schedule")):
        seen = {"input": _ALWAYS, "output": _ALWAYS | {"context"}, "timeout": OUTSIDE}
        yield Placed(
            site,
            seen.get(str(site.steps[0]), frozenset()),
            may_use_secrets=False,
            # What begins a run by events is refused as a whole; its filters do look at events.
            is_fixed=(site.steps[0] == "schedule" and site.steps[:2] != ("schedule", "on"))
            or "schema" in site.steps[:2],
        )


def _of_use(model: WorkflowDefinition, names: frozenset[str]) -> Iterator[Placed]:
    # What stands under `use` sees what is there where it is used; which is checked for existence.
    keys = ("authentications", "errors", "retries", "timeouts", "catalogs")
    for site in sites_of(model.use, ("use",), keys=keys):
        seen = DURING | names | {"error"}
        is_fixed = site.steps[1] == "catalogs"
        yield Placed(site, seen, site.may_use_secrets, is_fixed=is_fixed)
    for steps, extension in _extensions(model):
        for site in sites_of(extension, steps, keys=("when",)):
            yield Placed(site, DURING, may_use_secrets=False)


def _extensions(model: WorkflowDefinition) -> Iterator[tuple[Steps, Extension]]:
    for index, item in enumerate(model.use.extensions):
        for name, extension in item.items():
            yield ("use", "extensions", index, name), extension


def _names_of(lists: list[ListAt]) -> frozenset[str]:
    """Every variable that any list of tasks sees."""
    return frozenset(name for each in lists for at in each.tasks for name in at.scope.variables)
