"""Runs that do much at once neither stall nor fill their worker."""

from everloom.settings import Settings
from everloom.temporal import TemporalService

from .serving import definition, run_once


async def test_a_loop_over_thousands_of_items_that_waits_for_nothing_comes_to_its_end(
    settings: Settings, temporal: TemporalService
) -> None:
    """It pauses now and then, so that no workflow task takes long; the pauses are few."""
    add = {"set": {"sum": "${ (.sum // 0) + $item }"}}
    loop = {"each": {"for": {"in": "[range(4000)]"}, "do": [{"add": add}]}}

    outcome = await run_once(settings, temporal, definition([loop]))

    assert (outcome.status, outcome.output) == ("completed", {"sum": sum(range(4000))})
    assert outcome.history_length < 80


async def test_data_that_grows_without_end_faults_its_run(
    settings: Settings, temporal: TemporalService
) -> None:
    """Long before the memory of the worker is full."""
    grow = {"set": {"text": "${ .text + .text }"}, "then": "grow"}

    outcome = await run_once(
        settings, temporal, definition([{"grow": grow}]), given={"text": "abcdefgh"}
    )

    assert outcome.status == "faulted"
    assert outcome.error is not None
    assert (outcome.error["title"], outcome.error["instance"]) == ("Too much data", "/do/0/grow")
