"""What is too large fails with a reason where it is made; what grows is said before."""

import logging
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from everloom.payloads import HistoryBudget, HistoryLimits, PayloadTooLarge

from .conftest import LONG, Room, random_text
from .sample import text_of

MIB = 1024 * 1024


async def failure_of(run: Any) -> BaseException | None:
    """Why a run failed."""
    with pytest.raises(WorkflowFailureError) as caught:
        await run.result()
    return caught.value.cause


async def test_result_of_an_activity_that_is_too_large_fails_the_activity(room: Room) -> None:
    """Without storage outside, the step is named and the run ends instead of hanging."""
    async with room.worker(external=False) as client:
        run = await room.start(client, "sample.carry", 3 * MIB, 1)

        cause = await failure_of(run)

    assert isinstance(cause, ActivityError)
    assert isinstance(cause.cause, ApplicationError)
    assert cause.cause.type == "payload-too-large"
    assert f"comes out of the activity `make` of the run '{run.id}' has 3.0 MiB" in str(cause.cause)


@pytest.mark.parametrize(
    ("size", "others", "says"),
    [
        pytest.param(240_000, 20, "goes into the activity `measure`", id="many at once"),
        pytest.param(1_900_000, 3, "with what the run sends at the same moment", id="few"),
    ],
)
async def test_too_much_at_once_fails_with_the_step(
    room: Room, size: int, others: int, says: str
) -> None:
    """What does not fit into one message would make Temporal end the run without a word from us."""
    async with room.worker(external=False) as client:
        run = await room.start(client, "sample.carry", size, others)

        cause = await failure_of(run)

    assert isinstance(cause, ApplicationError)
    assert cause.type == "payload-too-large"
    assert says in str(cause)


async def test_many_payloads_at_once_go_outside(room: Room) -> None:
    """Payloads below the threshold that are too many for one message are kept outside too."""
    async with room.worker() as client:
        run = await room.start(client, "sample.carry", 240_000, 60)

        assert await run.result() == 60 * 240_000

    assert len(room.stored()) == 1


async def test_client_is_told_what_is_too_large(room: Room) -> None:
    """An input that cannot be sent is refused before anything starts."""
    client = await room.service(external=False).get_client()

    with pytest.raises(PayloadTooLarge, match=r"run 'huge' has 3\.0 MiB; .* takes 2\.0 MiB"):
        await room.start(client, "sample.keep", text_of(3 * MIB), id="huge")


async def test_compression_counts(room: Room) -> None:
    """What fits once it is compressed is not refused."""
    async with room.worker(external=False, compress=True) as client:
        run = await room.start(client, "sample.keep", "again and " * 300_000)
        await run.signal("end")
        assert len(await run.result()) == 3_000_000


async def test_growing_payload_is_reported_once(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """From half of the limit on there is a warning with run, step, size, limit and remedy."""
    caplog.set_level(logging.WARNING, logger="everloom.payloads")
    async with room.worker(external=False) as client:
        run = await room.start(client, "sample.carry", 1_200_000, 1)
        await run.result()

    said = [line for line in caplog.messages if "payload grows towards its limit" in line]
    ours = [line for line in said if run.id in line]
    assert len(ours) == 2, "one for what comes out of `make`, one for what goes into `measure`"
    assert "1200" in ours[0]
    assert "2097152" in ours[0]


async def test_limit_of_what_is_kept_outside(room: Room) -> None:
    """There is a largest payload outside too, and it is said by its setting's name."""
    client = await room.service(external_limit=MIB).get_client()

    with pytest.raises(PayloadTooLarge, match=r"`payloads\.external_limit` allows 1\.0 MiB"):
        await room.start(client, "sample.keep", random_text(2 * MIB))
    assert LONG < MIB


def test_history_is_reported_then_refused_then_full() -> None:
    """A line at half, one each tenth more; one refusal at 95 %, room to clean up, then the end."""
    budget = HistoryBudget(HistoryLimits(events=1000, size=1_000_000, warn_share=0.5))
    said: list[int] = []
    refused: list[int] = []
    for events in range(0, 1000, 10):
        share = budget.begin_step(events, events)
        if budget.refuses(share):
            refused.append(events)
        elif budget.is_news(share):
            said.append(events)

    assert said == [500, 600, 700, 800, 900]
    assert refused == [950, 990]


def test_steps_that_begin_together_count_together() -> None:
    """Many steps of one moment are counted before Temporal has written any of them."""
    budget = HistoryBudget(HistoryLimits(events=1000, size=1_000_000, warn_share=0.5))

    shares = [budget.begin_step(10, 0) for _ in range(200)]

    assert shares[0] < 0.02
    assert shares[-1] > 0.6
