"""Log lines from workflow code and activities: fields, secrets, and never twice."""

import logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.worker import Replayer, Worker
from tests.authoring.logs_sample import LoudWorkflow, speak, speak_locally
from typing_extensions import override

from everloom.authoring import get_logger
from everloom.catalog import discover
from everloom.core import LOG_FIELDS
from everloom.settings import Settings
from everloom.temporal import TemporalService, data_converter
from everloom.worker.sandbox import workflow_runner

RUNNER = workflow_runner(discover(Settings()))


class Kept(logging.Handler):
    """Keeps the records of the loggers under test."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Any] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def events(self) -> list[str]:
        """What was said, in order."""
        return [record.msg.split(" (")[0] for record in self.records]


@pytest.fixture
def kept() -> Generator[Kept]:
    """What loud workflows and activities say in this test."""
    handler, loggers = Kept(), [logging.getLogger(name) for name in ("loud", "temporalio.workflow")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


async def run_loud(temporal: TemporalService, queue: str) -> str:
    """One run, replayed from its start at each of its tasks."""
    client = await temporal.get_client()
    workflow_id = f"loud-{uuid4()}"
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[LoudWorkflow],
        activities=[speak, speak_locally],
        activity_executor=ThreadPoolExecutor(2),
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    )
    async with worker:
        await client.execute_workflow(
            "loud", 3, id=workflow_id, task_queue=queue, run_timeout=timedelta(seconds=30)
        )
    return workflow_id


async def test_lines_carry_where_they_come_from(temporal: TemporalService, kept: Kept):
    """Workflow, run, attempt and queue; in activities also the activity. Fields of the caller too."""
    queue = f"queue-{uuid4()}"

    workflow_id = await run_loud(temporal, queue)

    begun = next(record for record in kept.records if record.msg == "loud began")
    assert getattr(begun, LOG_FIELDS) == {"part": "front", "rounds": 3}
    said = begun.temporal_workflow
    assert (said["workflow_type"], said["workflow_id"]) == ("loud", workflow_id)
    assert (said["task_queue"], said["attempt"]) == (queue, 1)
    spoken = next(record for record in kept.records if record.msg == "spoke")
    said = spoken.temporal_activity
    assert (said["activity_type"], said["attempt"]) == ("speak", 1)
    assert (said["workflow_id"], said["task_queue"]) == (workflow_id, queue)


async def test_replay_says_nothing_twice(temporal: TemporalService, kept: Kept):
    """A run without a cache is replayed at every task, and a replay afterwards repeats it all."""
    workflow_id = await run_loud(temporal, f"queue-{uuid4()}")
    once = kept.events()
    client = await temporal.get_client()
    history = await client.get_workflow_handle(workflow_id).fetch_history()

    replayer = Replayer(
        workflows=[LoudWorkflow],
        workflow_runner=RUNNER,
        data_converter=data_converter(temporal.settings),
    )
    await replayer.replay_workflow(history)

    assert kept.events() == once
    for event in ("loud began", "round 1 of the SDK's logger", "loud ended"):
        assert once.count(event) == 1
    assert once.count("round begins") == 3


def test_outside_of_runs_it_is_a_plain_logger(kept: Kept):
    """The same logger serves code that also runs elsewhere; a % in an event is just a character."""
    log = get_logger("loud").bind(shop="north")

    try:
        int("nothing")
    except ValueError:
        log.exception("100% sold", rows=5)

    (record,) = kept.records
    assert record.getMessage() == "100% sold"
    assert getattr(record, LOG_FIELDS) == {"shop": "north", "rows": 5}
    assert record.exc_info[0] is ValueError
    assert record.funcName == "test_outside_of_runs_it_is_a_plain_logger"
