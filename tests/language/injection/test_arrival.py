"""Texts that a definition takes come out of its run as they went in, and none of them was executed."""

from collections.abc import Iterator
from itertools import zip_longest

from tests.language.injection.making import Json, Object, Texts
from tests.language.injection.payloads import BREAKING_OUT, FORMATTING, PAYLOADS, escaped
from tests.language.injection.places import PLACES, Place
from tests.language.properties.problems import is_object, same_json
from tests.language.properties.running import Engine, Ran
from tests.language.properties.strategies import Case

from everloom.settings import Settings
from everloom.temporal import TemporalService

AT_ONCE = 60
"""Texts in one definition, where there is room for many."""


def portions(place: Place) -> Iterator[Texts]:
    """The texts that a place takes, so many at a time as one definition can hold."""
    known = {**BREAKING_OUT, **FORMATTING} if place.one else PAYLOADS
    taken = [text for text in known.values() if place.refuses(text) is False]
    size = 1 if place.one else AT_ONCE
    for begin in range(0, len(taken), size):
        yield taken[begin : begin + size]


def apart(definition: Object, number: int) -> Object:
    """The definition under a name of its own."""
    return {**definition, "document": {**definition["document"], "name": f"case-{number}"}}


def differing(expected: Json, ran: Ran) -> str:
    """The first of the texts that is not as it was."""
    if not is_object(ran.output) or not is_object(expected):
        return f"{ran.output!r:.300}"
    pairs = zip_longest(ran.output.get("found", []), expected["found"])
    return next((f"{one!r}, but {other!r}" for other, one in pairs if one != other), ran.replay)


async def test_texts_arrive_as_they_are(temporal: TemporalService, settings: Settings) -> None:
    """At every place whose texts can be seen in the output."""
    wanted = [
        (place, texts, place.arrives(texts), apart(place.build(texts), number))
        for number, (place, texts) in enumerate(
            (place, texts) for place in PLACES if place.arrives for texts in portions(place)
        )
        if place.arrives
    ]
    cases = [Case(definition, None) for *_, definition in wanted]

    ran = await Engine(temporal, settings).run(cases)

    wrong = [
        (place.name, one.status, one.error, differing(expected, one))
        for (place, _, expected, _), one in zip(wanted, ran, strict=True)
        if one.status != "completed" or not same_json(one.output, expected) or one.replay
    ]
    assert wrong == [], "\n".join(map(str, wrong))
    assert not escaped()
