"""Does what came of a case fit what was expected? Every difference is told, in sentences."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jq

from everloom.language import DefinitionProblem

from .cases import Case, Expected, ExpectedError, ExpectedTrace, Problem

Json = Any
_SLACK_SECONDS = 0.0005
"""Timers are kept in whole milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a case."""

    status: str
    output: Json = None
    error: Mapping[str, Json] | None = None
    trace: Sequence[Mapping[str, Json]] = ()
    events: Sequence[Mapping[str, Json]] = ()
    problems: Sequence[DefinitionProblem] = ()
    timers: Sequence[float] = ()
    """Seconds of the timers that the run started."""

    activities: Sequence[Mapping[str, Json]] = ()
    """Activities that the run asked for."""

    queries: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What queries answered."""

    updates: Sequence[str] = ()
    """What was wrong with the answers to updates."""

    history: bytes = b""
    """The run's history as it is stored: texts can be looked for in it."""

    why: str = field(default="", compare=False)
    """What else is known, for people."""


def differences(case: Case, outcome: Outcome) -> list[str]:
    """Everything in which the outcome is not the expected one; empty when it fits."""
    return list(_differences(case, outcome))


def _differences(case: Case, outcome: Outcome) -> Iterator[str]:
    expected = case.expect
    errors = [each for each in outcome.problems if each.severity == "error"]
    warnings = [each for each in outcome.problems if each.severity == "warning"]
    yield from _problems(expected.problems, errors, "error")
    yield from _problems(expected.warnings, warnings, "warning")
    if outcome.status != expected.status:
        yield f"status is {outcome.status}, not {expected.status}: {_said(outcome)}"
        return
    yield from _output(expected, outcome.output)
    yield from _error(expected.error or ExpectedError(), outcome.error or {})
    yield from _trace(expected.trace or ExpectedTrace(), outcome.trace)
    yield from outcome.updates
    yield from _queries(expected.queries, outcome.queries)
    if expected.events is not None:
        yield from _listed("event", expected.events, outcome.events)
    if expected.activities is not None:
        yield from _listed("activity", expected.activities, outcome.activities)
    if expected.timers is not None:
        yield from _timers(expected.timers, outcome.timers)
    for text in case.never_in_history:
        if text.encode() in outcome.history:
            yield f"{text!r} is in the history"


def _said(outcome: Outcome) -> str:
    problems = [f"{each.code} at {each.pointer}: {each.message}" for each in outcome.problems]
    return "; ".join(filter(None, [str(outcome.error or ""), outcome.why, *problems]))


def _same(one: Json, other: Json) -> bool:
    """Equal as JSON: `1` and `1.0` are, `1` and `true` are not."""
    return one == other and _booleans(one) == _booleans(other)


def _booleans(value: Json) -> Json:
    """Where in a value booleans stand; for Python they are numbers."""
    if isinstance(value, dict):
        told: dict[str, Json] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        return {key: _booleans(each) for key, each in told.items()}
    if isinstance(value, list):
        items: list[Json] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        return [_booleans(each) for each in items]
    return isinstance(value, bool)


def _output(expected: Expected, output: Json) -> Iterator[str]:
    if expected.has_output and not _same(output, expected.output):
        yield f"output is {output!r}, not {expected.output!r}"
    for expression, value in expected.holds.items():
        found = _first(expression, output)
        if not _same(found, value):
            yield f"`{expression}` of the output is {found!r}, not {value!r}: {output!r}"


def _first(expression: str, value: Json) -> Json:
    compiling: Any = jq
    try:
        return compiling.compile(expression).input_value(value).first()
    except (ValueError, StopIteration) as error:
        return f"no value: {error}"


def _error(wanted: ExpectedError, error: Mapping[str, Json]) -> Iterator[str]:
    for name in ("type", "status", "title", "detail", "instance"):
        value = getattr(wanted, name)
        if value is not None and error.get(name) != value:
            yield f"the error's {name} is {error.get(name)!r}, not {value!r}: {dict(error)}"
    if wanted.detail_says is not None and wanted.detail_says not in str(error.get("detail")):
        yield f"the error's detail does not say {wanted.detail_says!r}: {dict(error)}"


def _trace(wanted: ExpectedTrace, trace: Sequence[Mapping[str, Json]]) -> Iterator[str]:
    for status in ("completed", "skipped", "faulted", "retried"):
        names: list[str] = getattr(wanted, status)
        found = [each["name"] for each in trace if each["status"] == status]
        looked_at = [name for name in found if name in names]
        if looked_at != names:
            yield f"{status} are {looked_at}, not {names}"
    seen = {each["name"] for each in trace}
    for name in wanted.never:
        if name in seen and not _only_cancelled(name, trace):
            yield f"{name!r} was begun: {list(trace)}"


def _only_cancelled(name: str, trace: Iterable[Mapping[str, Json]]) -> bool:
    return {each["status"] for each in trace if each["name"] == name} == {"cancelled"}


def _queries(wanted: Mapping[str, Json], answers: Mapping[str, Json]) -> Iterator[str]:
    for name, value in wanted.items():
        if not _same(answers.get(name), value):
            yield f"query {name!r} answers {answers.get(name)!r}, not {value!r}"


def _listed(
    kind: str, wanted: Sequence[Mapping[str, Json]], found: Sequence[Mapping[str, Json]]
) -> Iterator[str]:
    """As many as are wanted, and each with at least what is wanted of it."""
    if len(wanted) != len(found):
        yield f"there are {len(found)}, not {len(wanted)}, of kind {kind}: {list(found)}"
        return
    for place, (one, other) in enumerate(zip(wanted, found, strict=True)):
        wrong = [name for name, value in one.items() if not _same(other.get(name), value)]
        if wrong:
            yield f"{kind} {place} differs in {wrong}: {dict(other)}"


def _timers(
    wanted: Sequence[float | tuple[float, float]], timers: Sequence[float]
) -> Iterator[str]:
    if len(wanted) != len(timers) or not all(map(_fits, wanted, timers)):
        yield f"timers of {list(timers)} seconds, not {list(wanted)}"


def _fits(wanted: float | tuple[float, float], timer: float) -> bool:
    if isinstance(wanted, tuple):
        return wanted[0] - _SLACK_SECONDS <= timer <= wanted[1] + _SLACK_SECONDS
    return math.isclose(wanted, timer, abs_tol=_SLACK_SECONDS)


def _problems(
    wanted: Iterable[Problem], found: Sequence[DefinitionProblem], kind: str
) -> Iterator[str]:
    for each in wanted:
        if not any(_is(each, problem) for problem in found):
            told = [(problem.code, problem.pointer, problem.message) for problem in found]
            yield f"no {kind} {each.model_dump(exclude_none=True)} among {told}"


def _is(wanted: Problem, found: DefinitionProblem) -> bool:
    return (
        wanted.pointer in {None, found.pointer}
        and wanted.code in {None, found.code}
        and (wanted.says or "") in f"{found.message} {found.hint}"
    )
