"""The generated definitions: that there is enough of everything, and that they end."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.alike import HUNT
from tests.language.properties.gathering import gather, generated, judged
from tests.language.properties.outcome import Outcome
from tests.language.properties.problems import Json, is_list, is_object, same_json
from tests.language.properties.strategies import Case, cases

COUNT = 150


@pytest.fixture(scope="module")
def found() -> list[tuple[Case, Outcome]]:
    """Cases, and what the interpreter makes of them."""
    return judged(generated(COUNT))


def keys(value: Json) -> Iterator[str]:
    """Every key of every object in a value."""
    if is_object(value):
        yield from value
    for each in value.values() if is_object(value) else value if is_list(value) else ():
        yield from keys(each)


def test_they_hold_every_feature(found: list[tuple[Case, Outcome]]) -> None:
    """Often enough to matter."""
    seen = Counter(key for case, _ in found for key in set(keys(case.definition)))

    for feature in [
        "set",
        "switch",
        "do",
        "for",
        "fork",
        "raise",
        "try",
        "wait",
        "emit",
        "run",
        "call",
        "if",
        "input",
        "output",
        "export",
        "then",
        "timeout",
        "metadata",
        "while",
        "each",
        "at",
        "compete",
        "as",
        "when",
        "exceptWhen",
        "errors",
        "retry",
        "retries",
        "functions",
    ]:
        assert seen[feature] >= 3, feature


def test_they_end_in_every_way(found: list[tuple[Case, Outcome]]) -> None:
    """Most run far, some fault, some race, some retry, and hardly any runs too long."""
    statuses = Counter(outcome.status for _, outcome in found)
    steps = Counter(status for _, outcome in found for _, _, status in outcome.trace)

    assert len(found) > COUNT * 0.9
    assert statuses["completed"] > statuses["faulted"] > COUNT * 0.1
    assert (
        min(steps[each] for each in ["started", "completed", "faulted", "skipped", "retried"]) > 5
    )
    assert sum(len(outcome.trace) > 10 for _, outcome in found) > COUNT * 0.3
    assert sum(bool(outcome.racing) for _, outcome in found) > 3


def test_they_are_json_of_a_bearable_size(found: list[tuple[Case, Outcome]]) -> None:
    """What is written down comes back as it was."""
    for case, _ in found:
        text = json.dumps(case.definition)

        assert same_json(json.loads(text), case.definition)
        assert len(text) < 60_000


@pytest.mark.skipif(settings.get_current_profile_name() == HUNT, reason="a hunt is for others")
def test_they_are_the_same_each_time() -> None:
    """A failure of yesterday is one of today."""
    one, other = gather(cases(), 5), gather(cases(), 5)

    assert one == other
