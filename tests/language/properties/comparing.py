"""What differs between the end that a case shall come to and the one it came to."""

import re
from collections.abc import Iterator

from tests.language.properties.outcome import Outcome, Step
from tests.language.properties.problems import ERRORS, Problem, same_json
from tests.language.properties.running import Ran

OURS = {f"{ERRORS}expression", f"{ERRORS}validation"}
"""Errors that Everloom words."""


def differences(expected: Outcome, ran: Ran) -> list[str]:
    """Sentences, one for each difference; none when all is well."""
    return list(_differences(expected, ran))


def _differences(expected: Outcome, ran: Ran) -> Iterator[str]:
    if ran.status != expected.status:
        yield f"status: {expected.status}, but {ran.status} ({ran.error or ran.output})"
        return
    if not same_json(expected.output, ran.output):
        yield f"output: {expected.output!r}, but {ran.output!r}"
    if expected.error and not same_json(said(expected.error), said(ran.error or {})):
        yield f"error: {said(expected.error)}, but {said(ran.error or {})}"
    wanted, found = expected.certain(expected.trace), expected.certain(ran.trace)
    for branch in {**wanted, **found}:
        yield from _steps(wanted.get(branch, []), found.get(branch, []))
    events = [expected.events, ran.events]
    if expected.concurrent:
        events = [sorted(one, key=str) for one in events]
    if not same_json(*events):
        yield f"events: {events[0]}, but {events[1]}"
    if ran.replay:
        yield f"replay: {ran.replay}"


def _steps(expected: list[Step], ran: list[Step]) -> Iterator[str]:
    for number, (one, other) in enumerate(zip(expected, ran, strict=False)):
        if one != other:
            yield f"step {number}: {one}, but {other}"
            return
    if len(expected) != len(ran):
        rest = expected[len(ran) :] or ran[len(expected) :]
        yield f"steps: {len(expected)}, but {len(ran)}; the first of the others is {rest[0]}"


def said(problem: Problem) -> Problem:
    """What of an error does not depend on who words it."""
    found = {name: value for name, value in problem.items() if value is not None}
    if found.get("type") in OURS:
        found.pop("title", None)
        found.pop("detail", None)
    return found


def kinds(expected: Outcome, ran: Ran) -> set[str]:
    """What is different, in a word each: while a case shrinks, it has to stay the same."""
    return {re.sub(r"[ \d]*:.*", "", each, flags=re.DOTALL) for each in differences(expected, ran)}
