"""Two histories side by side: where did the second one go another way?

What both have in common at their beginning and end is set aside, so that a history of 20,000 events
costs what it costs to read it; only what lies between is aligned.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from temporalio.converter import DataConverter

from everloom.control.drawn import UNDRAWN, Drawn, is_drawn
from everloom.control.happened import TimelineEntry, entries_of
from everloom.core import Invalid
from everloom.settings import Settings
from everloom.temporal import (
    Step,
    TemporalService,
    WorkflowHistory,
    data_converter,
    read_history,
    read_history_file,
    read_run,
    read_steps_file,
    read_values,
    reveal_event,
    steps_of,
)

from .parting import Parting, find_parting
from .references import parse_reference

_MACHINERY = frozenset(
    {
        "workflow-task-scheduled",
        "workflow-task-started",
        "workflow-task-completed",
        "workflow-task-failed",
        "workflow-task-timed-out",
        "activity-task-started",
    }
)
"""When a worker took what: differs between any two runs of the same code, and decides nothing."""

ALIGNED_AT_MOST = 400
"""Steps of each side that are aligned after the two part; nobody reads further."""

SAME_SHOWN = 3
"""Equal steps shown before the first difference."""

ROWS_SHOWN = 40
DIFFERENT_INPUTS_SHOWN = 20
UNEQUAL_LOOKED_AT = 2000
"""Steps with unequal stored bytes that are decoded: encrypted ones are never equal as stored."""

Mark = Literal["same", "values", "only-a", "only-b"]
"""`values`: both made the step, but something else went in or came out."""


ReadDrawn = Callable[[str], Awaitable[Drawn]]
"""The definition of a workflow type."""


async def _undrawn(_workflow: str) -> Drawn:
    return UNDRAWN


class NothingToCompare(Invalid):
    """Both sides are the same run."""

    code = "nothing-to-compare"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two."""

    name: str
    """As it was typed."""
    id: str
    events: int


@dataclass(frozen=True, kw_only=True)
class SeenStep:
    """A step as it is shown."""

    event: int
    kind: str
    name: str
    said: str
    values: tuple[Any, ...]
    """What went in or came out."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Two steps beside one another; one is missing where only one run made it."""

    mark: Mark
    a: SeenStep | None
    b: SeenStep | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two histories, aligned."""

    a: Side
    b: Side
    alike: int
    """Steps that both begin with."""
    diverges: Row | None
    """The first step that only one of them made; None when both made the same steps."""
    rows: tuple[Row, ...]
    """Around that step."""
    hidden: int
    """Further steps after those rows."""
    values: tuple[Row, ...]
    """Steps that both made before they parted, with other inputs or results."""
    parting: Parting | None = None
    """Of drawn workflows: the first task at which they part."""


@dataclass(frozen=True)
class _Read:
    side: Side
    steps: list[Step]
    tasks: list[TimelineEntry] | None = None
    """Of a drawn workflow: what its tasks did."""


async def compare_runs(
    settings: Settings,
    temporal: TemporalService,
    a: str,
    b: str,
    *,
    drawn: ReadDrawn = _undrawn,
) -> Comparison:
    """Two histories side by side.

    Args:
        settings: They say how payloads are read.
        temporal: Where runs are; two files need none.
        a: An id, `ID@RUN` for exactly one run of it, or a history file (`.json`).
        b: As `a`.
        drawn: Definitions by workflow type, for the names and kinds of tasks.

    Raises:
        NothingToCompare: Both name the same run.
        RunNotFound: There is no such run.
        HistoryFileInvalid, HistoryFileMissing: A file is no history.
        TemporalUnavailable: Temporal is away.
    """
    if a == b:
        raise NothingToCompare(
            f"Both sides are {a!r}.", hint="Name two runs: ID, ID@RUN-ID or a history file."
        )
    converter = data_converter(settings)
    first = await _read(temporal, a, converter, drawn)
    second = await _read(temporal, b, converter, drawn)
    return await _compare(converter, first, second)


async def _read(
    temporal: TemporalService, named: str, converter: DataConverter, drawn: ReadDrawn
) -> _Read:
    path = Path(named)
    if path.suffix == ".json":
        id, steps = read_steps_file(path)
        tasks = None
        if is_drawn(steps[0].name):
            tasks = await _tasks(read_history_file(path), steps[0].name, converter, drawn)
        return _Read(Side(name=named, id=id, events=len(steps)), steps, tasks)
    meant = parse_reference(named)
    info = (await read_run(temporal, meant.workflow_id, meant.run_id)).info
    history = await read_history(temporal, info.id, info.run_id)
    for event in history.events:
        await reveal_event(event, converter)
    steps = steps_of(history)
    tasks = await _tasks(history, info.workflow, converter, drawn)
    return _Read(Side(name=named, id=info.id, events=len(steps)), steps, tasks)


async def _tasks(
    history: WorkflowHistory, workflow: str, converter: DataConverter, drawn: ReadDrawn
) -> list[TimelineEntry] | None:
    """What the tasks of a drawn workflow did."""
    if not is_drawn(workflow):
        return None
    return await entries_of(history.events, await drawn(workflow), converter)


async def _compare(converter: DataConverter, first: _Read, second: _Read) -> Comparison:
    a, b = _told(first.steps), _told(second.steps)
    alike = _common(a, b)
    rows: list[Row] = []
    hidden = 0
    if alike < max(len(a), len(b)):
        pairs = list(_aligned(a, b, alike))
        hidden = max(len(pairs) - ROWS_SHOWN, 0) + _beyond(a, b, alike)
        before = list(zip(a[:alike], b[:alike], strict=True))[-SAME_SHOWN:]
        rows = [await _row(converter, x, y) for x, y in [*before, *pairs[:ROWS_SHOWN]]]
    return Comparison(
        a=first.side,
        b=second.side,
        alike=alike,
        diverges=next((row for row in rows if row.mark in {"only-a", "only-b"}), None),
        rows=tuple(rows),
        hidden=hidden,
        values=tuple(await _other_values(converter, a[:alike], b[:alike])),
        parting=find_parting(first.tasks, second.tasks) if first.tasks and second.tasks else None,
    )


def _told(steps: Sequence[Step]) -> list[Step]:
    """The steps that tell what the code did and what it was told."""
    return [step for step in steps if step.kind not in _MACHINERY]


def _key(step: Step) -> tuple[str, str]:
    return step.kind, step.name


def _common(a: Sequence[Step], b: Sequence[Step]) -> int:
    """How many steps both begin with."""
    for number, (x, y) in enumerate(zip(a, b, strict=False)):
        if _key(x) != _key(y):
            return number
    return min(len(a), len(b))


_Pair = tuple[Step | None, Step | None]


def _aligned(a: Sequence[Step], b: Sequence[Step], start: int) -> Iterator[_Pair]:
    """The steps from where the two part, beside one another."""
    xs, ys = a[start : start + ALIGNED_AT_MOST], b[start : start + ALIGNED_AT_MOST]
    matcher = SequenceMatcher(
        None, [_key(step) for step in xs], [_key(step) for step in ys], autojunk=False
    )
    for tag, x0, x1, y0, y1 in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(xs[x0:x1], ys[y0:y1], strict=True)
            continue
        yield from ((x, None) for x in xs[x0:x1])
        yield from ((None, y) for y in ys[y0:y1])


def _beyond(a: Sequence[Step], b: Sequence[Step], start: int) -> int:
    return max(len(a), len(b), start + ALIGNED_AT_MOST) - start - ALIGNED_AT_MOST


async def _other_values(
    converter: DataConverter, a: Sequence[Step], b: Sequence[Step]
) -> list[Row]:
    """Steps that both made, with something else going in or coming out."""
    found: list[Row] = []
    unequal = (
        (x, y) for x, y in zip(a, b, strict=True) if x.payloads != y.payloads or x.said != y.said
    )
    for number, (x, y) in enumerate(unequal):
        if len(found) == DIFFERENT_INPUTS_SHOWN or number == UNEQUAL_LOOKED_AT:
            break
        row = await _row(converter, x, y)
        if row.mark == "values":
            found.append(row)
    return found


async def _row(converter: DataConverter, a: Step | None, b: Step | None) -> Row:
    seen_a = await _seen(converter, a) if a is not None else None
    seen_b = await _seen(converter, b) if b is not None else None
    return Row(mark=_mark(seen_a, seen_b), a=seen_a, b=seen_b)


def _mark(a: SeenStep | None, b: SeenStep | None) -> Mark:
    if b is None:
        return "only-a"
    if a is None:
        return "only-b"
    return "same" if (a.said, a.values) == (b.said, b.values) else "values"


async def _seen(converter: DataConverter, step: Step) -> SeenStep:
    return SeenStep(
        event=step.id,
        kind=step.kind,
        name=step.name,
        said=step.said,
        values=await read_values(step, converter),
    )
