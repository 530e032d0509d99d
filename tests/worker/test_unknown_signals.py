"""A signal that nothing waits for, or nobody can read, is told in the log of the worker."""

import logging
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Worker
from tests.authoring import message_sample as sample
from tests.authoring.message_sample import Cart, Item
from tests.histories import digested
from tests.saga_faults import RUNNER
from tests.waiting import eventually

from everloom.settings import Settings
from everloom.temporal import TemporalService
from everloom.worker import RunningActivities, worker_interceptors
from everloom.worker.sdk import RUNS, SignalLines


@pytest.mark.parametrize("cached", [0, 10])
@pytest.mark.parametrize("waits", [True, False])
async def test_an_unknown_signal_is_told_once_with_the_names_there_are(
    temporal: TemporalService,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    *,
    waits: bool,
    cached: int,
) -> None:
    """To a run that waits or one that begins, cached or replayed; plain classes are left alone."""
    client, queue, id = await temporal.get_client(), f"queue-{uuid4()}", f"cart-{uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=sample.WORKFLOWS,
        interceptors=worker_interceptors(settings, RunningActivities()),
        workflow_runner=RUNNER,
        max_cached_workflows=cached,
    ):
        with caplog.at_level(logging.WARNING):
            run = await Cart.start(temporal, 3, id=id, queue=queue)
            handle = client.get_workflow_handle(id)
            if waits:
                await digested(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
            await handle.signal("ad", {"name": "a"})
            await eventually(lambda: _told(caplog))
            await run.signal(Cart.add, Item(name="b"))
            assert await run.update(Cart.close) == 1
            plain = await client.start_workflow("messages.plain", id=f"{id}-2", task_queue=queue)
            await plain.signal("close")
            await plain.result()

    [line] = _told(caplog)
    assert "'signal': 'ad'" in line
    assert "'known': ['add', 'add_some', 'forbid']" in line
    assert "Did you mean `add`?" in line


async def test_a_signal_that_cannot_be_read_is_told_in_one_line(
    temporal: TemporalService, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    """As other signals that do not fit: a warning without a trace, which does not show the value."""
    client, queue, id = await temporal.get_client(), f"queue-{uuid4()}", f"cart-{uuid4()}"
    logger, lines = logging.getLogger(RUNS), SignalLines()
    logger.addFilter(lines)
    request.addfinalizer(lambda: logger.removeFilter(lines))
    async with Worker(client, task_queue=queue, workflows=sample.WORKFLOWS, workflow_runner=RUNNER):
        run = await Cart.start(temporal, 3, id=id, queue=queue)
        await client.get_workflow_handle(id).signal("add", {"name": ["secret"]})
        await run.update(Cart.close)

    [record] = [each for each in caplog.records if each.name == RUNS]
    assert (record.levelname, record.getMessage()) == ("WARNING", "signal dropped")
    assert vars(record)["signal"] == "add"
    assert vars(record)["reason"] == "name: Input should be a valid string"
    assert "secret" not in caplog.text


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    lines = [str(record.msg) for record in caplog.records]
    return [line for line in lines if "signal unknown" in line]
