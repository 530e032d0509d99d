"""Show two histories side by side, and where they part."""

import asyncio
from collections.abc import Iterator
from typing import Any

from pydantic_core import to_json

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.control import Comparison, Parting, Row, SeenStep, compare_runs, open_temporal
from everloom.observe import set_up_logs
from everloom.settings import load_settings

from .moments import milliseconds

_SIGNS = {"same": "=", "values": "~", "only-a": "<", "only-b": ">"}
_SHOWN = 120
_PARTINGS = {
    "path": "they went different ways",
    "input": "it was given different things",
    "result": "something else came of it",
    "timing": "it took far longer in one",
}


def compare(a: str, b: str, *, as_json: bool) -> int:
    """Show both; 1 when they part."""

    async def read() -> Comparison:
        settings = load_settings()
        set_up_logs(settings.log)
        async with open_temporal(settings) as temporal:  # two files need no connection
            return await compare_runs(settings, temporal, a, b)

    return tell_comparison(asyncio.run(read()), as_json=as_json)


def tell_comparison(found: Comparison, *, as_json: bool) -> int:
    """Write where they part; 1 when they do."""
    out = Output(as_json=as_json)
    if as_json:
        out.document(found)
    else:
        for line in _lines(found):
            out.line(line)
    return OK if found.diverges is None and not found.values else FAILED


def _lines(found: Comparison) -> Iterator[str]:
    yield f"< {found.a.name}: {found.a.events} events"
    yield f"> {found.b.name}: {found.b.events} events"
    yield ""
    if found.parting is not None:
        yield from _parting(found.parting)
        yield ""
    if found.diverges is None:
        yield f"Both made the same {_steps(found.alike)}."
    else:
        yield f"They part after {_steps(found.alike, 'equal ')}:"
        yield ""
        for row in found.rows:
            yield from _row(row, first=row is found.diverges)
        if found.hidden:
            yield f"  and {found.hidden} more"
    if found.values:
        yield ""
        yield "Before that, with other values:" if found.diverges else "But with other values:"
        yield ""
        for row in found.values:
            yield from _row(row, first=False)


def _parting(parting: Parting) -> Iterator[str]:
    yield f"The first task at which they part: {_PARTINGS[parting.how]}"
    for mark, task in (("<", parting.a), (">", parting.b)):
        if task is None:
            yield f"{mark} nothing"
            continue
        took = "" if task.took is None else f", {milliseconds(task.took * 1000)}"
        yield f"{mark} {task.pointer} ({task.kind}): {task.status}{took}"
        for name, value in (("input", task.input), ("output", task.output)):
            if value is not None:
                yield f"    {name}: {_short(_json(value))}"
        if task.error:
            yield f"    error: {_short(task.error)}"


def _row(row: Row, *, first: bool) -> Iterator[str]:
    sign = _SIGNS[row.mark]
    here = "   <-- first difference" if first else ""
    events = f"{row.a.event if row.a else '':>6} {row.b.event if row.b else '':>6}"
    step = row.a or row.b
    words = " ".join(part for part in (step.kind, step.name) if part) if step else ""
    yield f"{sign} {events}  {words}{here}"
    if row.mark == "same":
        return
    for mark, seen in (("<", row.a), (">", row.b)):
        if seen is not None and (shown := _shown(seen)):
            yield f"                   {mark} {shown}"


def _shown(seen: SeenStep) -> str:
    parts = [*([seen.said] if seen.said else []), *(_json(each) for each in seen.values)]
    return _short(", ".join(parts))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _json(value: Any) -> str:
    return to_json(value, fallback=str).decode()


def _steps(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'step' if count == 1 else 'steps'}"
