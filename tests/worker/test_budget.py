"""A run whose history grows is reported, and fails with a reason before Temporal ends it."""

import pytest
import yaml
from temporalio.client import WorkflowFailureError

from .conftest import Application

LOOP = """
from everloom.authoring import Workflow, activity_type, call, workflow_type


@activity_type(name="step")
async def step() -> int:
    return 1


@workflow_type(name="loop", queue="queue-under-test")
class Loop(Workflow[int, str]):
    async def run(self, input: int) -> str:
        for _ in range(input):
            await call(step)
        return "done"
"""


async def test_history_is_reported_and_then_the_run_fails(application: Application) -> None:
    """At half there is a line with run and step; near the end the step is refused with its code."""
    application.write(LOOP)
    settings = application.folder / "everloom.yaml"
    content = yaml.safe_load(settings.read_text(encoding="utf-8"))
    content["payloads"] = {"history_events": 100}
    settings.write_text(yaml.safe_dump(content), encoding="utf-8")

    async with application.worker() as command:
        run = await application.start("loop", 50)
        with pytest.raises(Exception, match="nearly full") as caught:
            await run.result()
        line = await command.event("history grows towards its limit")

    assert not isinstance(caught.value, WorkflowFailureError)
    assert getattr(caught.value, "failure_type", "") == "history-too-large"
    assert "With the activity `step` it would go beyond" in str(caught.value)
    assert line["workflow_id"] == run.id
    assert line["step"] == "the activity `step`"
    assert line["events_limit"] == 100
    assert 0.5 <= line["share"] < 0.7
