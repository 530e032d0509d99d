"""Does a task read what the task before it has dropped? Only where both are certain.

Certain is what `set` or an object under `output.as` leaves, when the next task gets it and nothing
else can lead there; anything less certain is left alone, because a warning that is wrong teaches
people to read none.
"""

import re
from collections.abc import Iterable, Iterator

from everloom.core import nearest
from everloom.language.expressions import (
    Expression,
    Literal,
    Template,
    analyse,
    parse_bare,
    parse_value,
)
from everloom.language.models.tasks import ListenTask, SetTask, SwitchTask, Task, WaitTask

from .directives import targets_of
from .naming import said_of, short
from .notes import Notes
from .sites import Site, sites_of
from .walking import ListAt, TaskAt

_ON_THE_INPUT = ("if", "input")
_ON_SOMETHING_ELSE = {"output", "export", "while", "foreach", "catch", "timeout", "listen"}
_TEMPLATE = re.compile(r"\{([^{}]+)\}")


def check_dropped(lists: list[ListAt], notes: Notes) -> None:
    """Warn of fields that are not there any more, and of lists that are read like objects."""
    for each in lists:
        for at in each.tasks:
            if isinstance(at.task, ListenTask):
                _check_own_output(at, notes)
        for before, at in _pairs(each):
            if _gives_list(before.task):
                _check_list(before, _reading(at), notes)
            fields = _left_by(before.task)
            if fields is not None:
                _check_fields(before, at, fields, notes)


def _pairs(each: ListAt) -> Iterator[tuple[TaskAt, TaskAt]]:
    """Each task with the one after it, where nothing else leads to that."""
    if each.owner == "branches":
        return
    led_to = {target.name for at in each.tasks for target in targets_of(at)}
    for before, at in zip(each.tasks, each.tasks[1:], strict=False):
        leads_on = before.task.then == "continue" and before.task.if_ is None
        if leads_on and at.name not in led_to and not isinstance(before.task, SwitchTask):
            yield before, at


def _left_by(task: Task) -> frozenset[str] | None:
    """The fields of a task's output; None when nobody can tell."""
    made = task.output.as_ if task.output is not None else None
    if isinstance(made, dict):
        return frozenset(made)
    if made is None and isinstance(task, SetTask) and isinstance(task.set, dict):
        return frozenset(task.set)
    return None


def _gives_list(task: Task) -> bool:
    return isinstance(task, ListenTask) and (task.output is None or task.output.as_ is None)


def _reading(at: TaskAt) -> list[Site]:
    """The texts of a task that are evaluated on what the task before it left."""
    has_own_input = at.task.input is not None and at.task.input.from_ is not None
    sites = list(sites_of(at.task, at.steps))
    size = len(at.steps)
    if has_own_input:
        return [site for site in sites if site.steps[size] in _ON_THE_INPUT]
    return [site for site in sites if site.steps[size] not in _ON_SOMETHING_ELSE]


def _fields_of(site: Site) -> frozenset[str]:
    """The fields that a text reads; none when nobody can tell."""
    if site.is_bare:
        return analyse(parse_bare(site.text).text).fields or frozenset()
    value = parse_value(site.text)
    if isinstance(value, Literal):
        found = _TEMPLATE.findall(site.text) if site.meaning == "address" else []
        return frozenset(found)
    parts: Iterable[str | Expression] = value.parts if isinstance(value, Template) else [value]
    read = (analyse(part.text).fields for part in parts if isinstance(part, Expression))
    return frozenset(name for each in read for name in each or ())


def _check_fields(before: TaskAt, at: TaskAt, fields: frozenset[str], notes: Notes) -> None:
    if isinstance(at.task, WaitTask) and at.task.input is None:
        return
    for site in _reading(at):
        for name in sorted(_fields_of(site) - fields):
            close = nearest(name, fields)
            notes.add(
                "field-dropped",
                site.steps,
                f"Task `{short(before.name)}` leaves {said_of(sorted(fields)) or 'nothing'}, and no "
                f"`{short(name)}`.",
                f"Did you mean `{close}`?"
                if close
                else f"Keep it with `output.as` of `{short(before.name)}`, or read it from "
                "`$context` or `$workflow.input`.",
            )


def _check_list(before: TaskAt, sites: list[Site], notes: Notes) -> None:
    for site in sites:
        for name in sorted(_fields_of(site)):
            _note_list(before, site, name, notes)


def _check_own_output(at: TaskAt, notes: Notes) -> None:
    """The task's own `output.as`, or its `export.as` where that gets the list as well."""
    key = "export" if _gives_list(at.task) else "output"
    for site in sites_of(at.task, at.steps, keys=(key,)):
        if site.is_bare:
            for name in sorted(_fields_of(site)):
                _note_list(at, site, name, notes)


def _note_list(before: TaskAt, site: Site, name: str, notes: Notes) -> None:
    notes.add(
        "field-of-a-list",
        site.steps,
        f"Task `{short(before.name)}` gives a list of events, which has no field `{short(name)}`.",
        f"Read it from one of them, as in `.[0].{short(name)}`.",
    )
