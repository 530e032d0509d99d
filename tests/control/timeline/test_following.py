"""Who follows a run sees what who reads it afterwards sees; and may stop anywhere and go on from there."""

from itertools import islice
from typing import Any

import pytest
from tests.control.timeline.definitions import EVERYTHING
from tests.control.timeline.scenes import scene, standing

from everloom.settings import Settings
from everloom.temporal import TemporalService

Sample = tuple[list[dict[str, Any]], dict[str, Any]]


@pytest.fixture(params=EVERYTHING.values(), ids=list(EVERYTHING))
def sample(request: pytest.FixtureRequest) -> Sample:
    """A definition, and what it is run with."""
    return request.param


async def test_following_gives_what_reading_afterwards_gives(
    sample: Sample, settings: Settings, temporal: TemporalService
) -> None:
    """The last state of each entry, whatever came before."""
    tasks, options = sample
    async with scene(settings, temporal, tasks, **options) as run:
        followed = await run.follow()
        read = await run.read()

    assert standing(followed) == standing(read.entries)
    assert not read.has_more
    assert not read.notes


async def test_from_every_position_the_rest_is_read(
    sample: Sample, settings: Settings, temporal: TemporalService
) -> None:
    """What was given before a position is not given again unless it changed; nothing is left out."""
    tasks, options = sample
    async with scene(settings, temporal, tasks, **options) as run:
        await run.end()
        whole = (await run.read()).entries
        for number, entry in enumerate(whole, start=1):
            rest = await run.read(after=entry.position)

            assert standing(rest.entries) == standing(whole[number:]), entry


async def test_from_every_position_of_following_the_rest_is_followed(
    sample: Sample, settings: Settings, temporal: TemporalService
) -> None:
    """Who lost the connection goes on with the position of the last entry, and ends up with the same."""
    tasks, options = sample
    async with scene(settings, temporal, tasks, **options) as run:
        whole = await run.follow()
        last = standing(whole)
        for number, entry in islice(enumerate(whole, start=1), 0, None, 3):
            rest = await run.follow(after=entry.position)

            assert {**standing(whole[:number]), **standing(rest)} == last, entry
            assert standing(rest).keys() == standing(whole[number:]).keys(), entry


async def test_in_small_pieces_nothing_is_lost(
    sample: Sample, settings: Settings, temporal: TemporalService
) -> None:
    """Page after page, each from where the last one ended."""
    tasks, options = sample
    async with scene(settings, temporal, tasks, **options) as run:
        await run.end()
        whole = await run.read()
        page = await run.read(limit=2)
        pieces = list(page.entries)
        while page.has_more:
            page = await run.read(limit=2, after=page.position)
            pieces += page.entries

    assert standing(pieces) == standing(whole.entries)
    assert page.position == whole.position
