"""Events that definitions emit reach the sinks of the settings."""

import json
from collections.abc import AsyncGenerator

import pytest
from pydantic import AnyHttpUrl
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from tests.servers.http_files import HttpFiles, Status

from everloom.flow import Fault, StepRequest
from everloom.settings import EventSettings, Settings
from everloom.steps.emitting import Emitting
from everloom.steps.means import means_of

EVENT = {
    "specversion": "1.0",
    "id": "17",
    "source": "https://shop.example",
    "type": "com.shop.order.placed",
    "data": {"total": 3},
}


@pytest.fixture
async def emitting(web: HttpFiles) -> AsyncGenerator[Emitting]:
    """What posts events to the test's server."""
    sinks = (AnyHttpUrl(web.url("/events")),)
    made = Emitting(means_of(Settings(events=EventSettings(sinks=sinks))))
    yield made
    await made.close()


async def emit(emitting: Emitting) -> None:
    """Emit the event, as a worker does."""
    await ActivityEnvironment().run(emitting.emit, StepRequest(arguments=EVENT, instance="/do/0/e"))


async def test_an_event_is_posted_as_it_is(web: HttpFiles, emitting: Emitting) -> None:
    """A CloudEvent in JSON, structured mode."""
    web.serve("/events", Status(202))

    await emit(emitting)

    (asked,) = web.requests
    assert (asked.method, json.loads(asked.body)) == ("POST", EVENT)
    assert asked.headers["content-type"].startswith("application/cloudevents+json")


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_sink_that_is_away_is_tried_again(
    status: int, web: HttpFiles, emitting: Emitting
) -> None:
    """Temporal does that: the failure may be retried, and faults no workflow."""
    web.serve("/events", Status(status))

    with pytest.raises(ApplicationError) as caught:
        await emit(emitting)

    assert caught.value.type == "event-sink-away"
    assert not caught.value.non_retryable


async def test_an_event_that_is_refused_is_a_fault(web: HttpFiles, emitting: Emitting) -> None:
    """The definition may catch it."""
    web.serve("/events", Status(422))

    with pytest.raises(Fault) as caught:
        await emit(emitting)

    assert caught.value.problem["status"] == 422
    assert caught.value.problem["instance"] == "/do/0/e"


async def test_without_sinks_nothing_is_sent(web: HttpFiles) -> None:
    """The event stands in the history of its run."""
    await emit(Emitting(means_of(Settings())))

    assert web.requests == []
