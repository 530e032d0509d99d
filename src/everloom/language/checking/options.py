"""Does `metadata.everloom` say what Everloom knows, where it has an effect?"""

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from everloom.core import Steps
from everloom.language.models.options import (
    METADATA_KEY,
    TaskOptions,
    WorkflowOptions,
    task_options,
    workflow_options,
)
from everloom.language.models.tasks import (
    CallFunction,
    CallGrpc,
    CallHttp,
    CallMcp,
    CallOpenApi,
    EmitTask,
    RunTask,
    Task,
    WaitTask,
)
from everloom.language.models.workflow import Use, WorkflowDefinition
from everloom.language.reading import Reading

from .empties import check_empties
from .naming import said_of, short
from .notes import Notes
from .parts import PartAt, parts_of
from .places import AFTER, OUTSIDE, Placed
from .shape import shape_problems
from .sites import sites_of
from .walking import ListAt, TaskAt

_ACTIVITY = frozenset(
    {"queue", "timeout", "total", "wait", "heartbeat", "retry", "local", "summary", "cost"}
)
_CHILD = frozenset({"queue", "total", "summary"})
_RESERVED = "everloom."
_OF_WORKFLOW: Steps = ("document", "metadata", METADATA_KEY)


def check_options(
    model: WorkflowDefinition, lists: list[ListAt], reading: Reading, notes: Notes
) -> WorkflowOptions | None:
    """Check what a definition says to Everloom, and give back what it says of the workflow."""
    for each in lists:
        for at in each.tasks:
            if METADATA_KEY in at.task.metadata:
                _check_task(at, model.use, reading, notes)
    if METADATA_KEY not in model.document.metadata:
        return None
    try:
        options = workflow_options(model.document.metadata)
    except ValidationError as error:
        notes.extend(shape_problems(error, reading, WorkflowOptions, _OF_WORKFLOW))
        return None
    _check_names("queries", options.queries, notes)
    _check_names("updates", options.updates, notes)
    return options


def _check_names(section: str, names: Iterable[str], notes: Notes) -> None:
    for name in names:
        if name.startswith(_RESERVED):
            notes.add(
                "name-reserved",
                (*_OF_WORKFLOW, section, name),
                f"Names that begin with `{_RESERVED}` are Everloom's own.",
                "Choose another name.",
                at_key=True,
            )


def texts_of_options(options: WorkflowOptions) -> Iterator[Placed]:
    """The texts in a workflow's options that may hold expressions."""
    for site in sites_of(options, _OF_WORKFLOW):
        is_export = "export" in site.steps[5:6]
        is_fixed = "schema" in site.steps[5:7]
        seen = (AFTER - {"task", "output"}) if is_export else OUTSIDE
        yield Placed(site, seen, may_use_secrets=False, is_fixed=is_fixed)


def parts_of_options(options: WorkflowOptions) -> Iterator[PartAt]:
    """The parts of a workflow's options."""
    return parts_of(options, _OF_WORKFLOW)


def _check_task(at: TaskAt, use: Use, reading: Reading, notes: Notes) -> None:
    steps: Steps = (*at.steps, "metadata", METADATA_KEY)
    try:
        options = task_options(at.task.metadata)
    except ValidationError as error:
        notes.extend(shape_problems(error, reading, TaskOptions, steps))
        return
    check_empties(parts_of(options, steps), notes)
    known = _known(at.task, use)
    for name in options.model_fields_set - known:
        hint = f"It may say {said_of(sorted(known))}." if known else "Say it on the calls in it."
        notes.add(
            "option-without-effect",
            (*steps, name),
            f"`{name}` has no effect on task `{short(at.name)}`.",
            hint,
            at_key=True,
        )


def _known(task: Task, use: Use) -> frozenset[str]:
    """The options that have an effect on a task."""
    match task:
        case CallFunction() if task.call in use.functions:
            return frozenset()
        case CallHttp() | CallOpenApi() | CallGrpc() | CallMcp() | CallFunction() | EmitTask():
            return _ACTIVITY
        case RunTask():
            return _CHILD if task.run.workflow is not None else _ACTIVITY
        case WaitTask():
            return frozenset({"summary"})
        case _:
            return frozenset()
