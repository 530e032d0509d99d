"""Generated definitions, run on a real Temporal, do what the reference interpreter says of them."""

import json
from collections.abc import Sequence
from functools import partial

import pytest
from tests.language.properties.comparing import differences, kinds
from tests.language.properties.gathering import generated, judged
from tests.language.properties.interpreter import interpret
from tests.language.properties.outcome import Outcome
from tests.language.properties.running import Engine, restless
from tests.language.properties.shrinking import shrink
from tests.language.properties.strategies import Case

from everloom.settings import Settings
from everloom.temporal import TemporalService

BATCH = 50
COUNT = 100
MOST_STEPS = 40


@pytest.mark.timeout(3600)  # a hunt is long; otherwise it takes seconds
async def test_the_engine_does_what_the_interpreter_says(
    temporal: TemporalService, settings: Settings
) -> None:
    """Status, output, error, trace and events are the same, and every history replays."""
    await compare(Engine(temporal, settings), judged(generated(COUNT)))


@pytest.mark.timeout(3600)
async def test_it_does_the_same_when_it_continues_as_new_at_every_turn(
    temporal: TemporalService, settings: Settings
) -> None:
    """Loops and jumps back find their place again, with all data, variables, retries and traces."""
    looping = [case for case in judged(generated(COUNT)) if turns(*case)]

    await compare(Engine(temporal, settings, restless), looping)


def turns(case: Case, outcome: Outcome) -> bool:
    """Whether something happens again and again, but not for long: Temporal takes a link a second."""
    text = json.dumps(case.definition)
    return ('"for"' in text or "jump1" in text) and len(outcome.trace) <= MOST_STEPS


async def compare(engine: Engine, found: Sequence[tuple[Case, Outcome]]) -> None:
    """Run cases in batches, and tell of the first that comes out otherwise in its smallest form."""
    for begin in range(0, len(found), BATCH):
        batch = found[begin : begin + BATCH]
        ran = await engine.run([case for case, _ in batch])
        for (case, expected), one in zip(batch, ran, strict=True):
            if differences(expected, one):
                smallest = await shrink(case, partial(failing, engine, kinds(expected, one)))
                pytest.fail(await told(engine, smallest), pytrace=False)


async def failing(engine: Engine, wrong: set[str], some: Sequence[Case]) -> list[bool]:
    """Which of these run, but are wrong in the same way."""
    ran = await engine.run(some)
    return [
        one.status != "refused"
        and kinds(interpret(case.definition, case.input, case.others), one) == wrong
        for case, one in zip(some, ran, strict=True)
    ]


async def told(engine: Engine, case: Case) -> str:
    """A failure as somebody wants to read it."""
    (ran,) = await engine.run([case])
    expected = interpret(case.definition, case.input, case.others)
    whole = {"definition": case.definition, "input": case.input, "with": case.others}
    return "\n".join([*differences(expected, ran), json.dumps(whole, ensure_ascii=False)])
