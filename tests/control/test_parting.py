"""The first task at which two runs of drawn workflows part, also over versions."""

from typing import Any

from tests.control.timeline.scenes import Scene, call, scene

from everloom.control import Comparison, compare_runs
from everloom.settings import Settings
from everloom.temporal import TemporalService

WAYS: list[dict[str, Any]] = [
    {"look": call("echo", {"amount": "${ .amount }"})},
    {"choose": {"switch": [{"much": {"when": ".amount > 10", "then": "approve"}}]}},
    {"pay": {**call("echo", {"paid": True}), "then": "end"}},
    {"approve": call("echo", {"asked": True})},
]


async def compared(a: Scene, b: Scene) -> Comparison:
    """Both, once they have ended."""
    await a.end()
    await b.end()
    return await compare_runs(a.settings, a.temporal, a.id, b.id)


async def test_they_part_at_the_first_input_that_differs(
    settings: Settings, temporal: TemporalService
) -> None:
    """In the words of the definition."""
    async with (
        scene(settings, temporal, WAYS, given={"amount": 5}) as a,
        scene(settings, temporal, WAYS, given={"amount": 50}) as b,
    ):
        found = (await compared(a, b)).parting

    assert found is not None
    assert found.a is not None
    assert found.b is not None
    assert (found.how, found.a.pointer, found.a.name) == ("input", "/do/0/look", "look")
    assert (found.a.input, found.b.input) == ({"amount": 5}, {"amount": 50})


async def test_they_part_where_only_one_goes(settings: Settings, temporal: TemporalService) -> None:
    """Each of the two ways is told."""
    tasks = [{"begin": {**call("echo", {"a": 1}), "output": {"as": "$input"}}}, *WAYS[1:]]
    async with (
        scene(settings, temporal, tasks, given={"amount": 5}) as a,
        scene(settings, temporal, tasks, given={"amount": 50}) as b,
    ):
        found = (await compared(a, b)).parting

    assert found is not None
    assert found.how == "path"
    assert (found.a and found.a.name, found.b and found.b.name) == ("pay", "approve")


async def test_they_part_at_a_result(settings: Settings, temporal: TemporalService) -> None:
    """One failed where the other gave something."""
    failing = [{"charge": call("flaky", {"fails": 1}, retry={"attempts": 1})}]
    passing = [{"charge": call("flaky", {"fails": 1}, retry={"attempts": 2, "interval": "10ms"})}]
    async with (
        scene(settings, temporal, failing) as a,
        scene(settings, temporal, passing) as b,
    ):
        found = (await compared(a, b)).parting

    assert found is not None
    assert found.how == "result"
    assert found.a is not None
    assert found.b is not None
    assert (found.a.status, found.a.error) == ("failed", "Attempt 1 broke.")
    assert (found.b.status, found.b.output) == ("completed", "attempt 2")


async def test_they_part_at_the_time_that_it_took(
    settings: Settings, temporal: TemporalService
) -> None:
    """When nothing else differs, and it is worth telling."""
    quick, slow = [{"nap": {"wait": {"milliseconds": 10}}}], [{"nap": {"wait": {"seconds": 2}}}]
    async with scene(settings, temporal, quick) as a, scene(settings, temporal, slow) as b:
        found = (await compared(a, b)).parting

    assert found is not None
    assert found.how == "timing"
    assert found.a is not None
    assert found.a.name == "nap"


async def test_what_did_the_same_does_not_part(
    settings: Settings, temporal: TemporalService
) -> None:
    """Ids, times and workers are no differences."""
    async with (
        scene(settings, temporal, WAYS, given={"amount": 5}) as a,
        scene(settings, temporal, WAYS, given={"amount": 5}) as b,
    ):
        found = await compared(a, b)

    assert found.parting is None


async def test_versions_are_aligned_by_task(settings: Settings, temporal: TemporalService) -> None:
    """A task that another version put in is the difference, not all that come after it."""
    older = [{"first": call("echo", {"n": 1})}, {"last": call("echo", {"n": 9})}]
    newer = [older[0], {"between": call("echo", {"n": 5})}, older[1]]
    async with scene(settings, temporal, older) as a, scene(settings, temporal, newer) as b:
        found = (await compared(a, b)).parting

    assert found is not None
    assert (found.how, found.a) == ("path", None)
    assert found.b is not None
    assert (found.b.pointer, found.b.name) == ("/do/1/between", "between")
