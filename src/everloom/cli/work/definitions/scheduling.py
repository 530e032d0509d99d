"""Show what the schedule of a definition would change in Temporal, and change it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from everloom.cli.exits import OK, USAGE
from everloom.cli.output import Output
from everloom.cli.work.inputs import read_input
from everloom.cli.work.session import session
from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    DefinitionSchedule,
    apply_schedule,
    check_sources,
    plan_schedule,
    read_source,
)
from everloom.core import Conflict
from everloom.language import Definition
from everloom.settings import Settings

from .reports import refusal, say_found

_WORDS = {
    "create": "is new",
    "update": "changes",
    "unchanged": "stays",
    "remove": "is taken away",
    "none": "has no schedule",
    "taken": "cannot be made",
}
_SHOWN = 300
"""Characters of a value: an input may be long."""


class ScheduleNotMade(Conflict):
    """The schedule of a definition has an id that belongs to somebody else."""

    code = "definition-schedule-taken"


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was typed."""

    file: str
    queue: str | None
    input: str | None
    plan: bool
    remove: bool
    as_json: bool


def schedule(call: Call) -> int:
    """Show the change, or make it."""
    return asyncio.run(_schedule(call, Output(as_json=call.as_json)))


async def _schedule(call: Call, out: Output) -> int:
    given = read_input(call.input)
    async with session() as now:
        try:
            definition = await _checked(call.file, now.settings)
        except DefinitionRefused as error:
            say_found(out, error.found)
            if out.as_json:
                out.document(refusal(error.found, error.main))
            return USAGE
        plan = await plan_schedule(
            now.settings,
            now.temporal,
            definition,
            queue=call.queue,
            input=given,
            remove=call.remove,
        )
        if plan.kind == "taken":
            raise ScheduleNotMade(plan.why, hint="Nothing was changed.")
        if not call.plan:
            await apply_schedule(now.temporal, plan)
    _show(out, plan, applied=not call.plan)
    return OK


async def _checked(file: str, settings: Settings) -> Definition:
    source = read_source(file)
    checked = (await check_sources(settings, [source], CatalogFunctions(settings)))[0]
    if checked.definition is None:
        raise DefinitionRefused(checked.found)
    return checked.definition


def _show(out: Output, plan: DefinitionSchedule, *, applied: bool) -> None:
    if out.as_json:
        out.document(_document(plan, applied=applied))
        return
    for line in _lines(plan):
        out.line(line)
    if not applied:
        out.say("Nothing was changed; without `--plan` it is.")


def _lines(plan: DefinitionSchedule) -> Iterator[str]:
    yield f"{plan.id} {_WORDS[plan.kind]}"
    for change in plan.fields:
        before = f"{_short(change.before)} -> " if change.before else ""
        yield f"    {change.name}: {before}{_short(change.after) or '(nothing)'}"


def _document(plan: DefinitionSchedule, *, applied: bool) -> dict[str, Any]:
    return {
        "id": plan.id,
        "change": plan.kind,
        "applied": applied,
        "fields": [
            {"name": each.name, "before": each.before, "after": each.after} for each in plan.fields
        ],
    }


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
