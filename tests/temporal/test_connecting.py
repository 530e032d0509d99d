"""One connection for everybody, waited for while Temporal is away."""

import asyncio
import logging
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from everloom.authoring import StartOptions
from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, Settings, TemporalSettings
from everloom.temporal import NamespaceNotFound, TemporalService, TemporalUnavailable

QUICK = TemporalSettings(
    retry_first=timedelta(milliseconds=20),
    retry_cap=timedelta(milliseconds=100),
    health_timeout=timedelta(milliseconds=500),
)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with an engine of this test's own, that does not run yet."""
    return Settings(
        folder=tmp_path, engine=EngineSettings(port=free_port(), ui=False), temporal=QUICK
    )


def service_of(own: Settings) -> TemporalService:
    return TemporalService(own, address=f"127.0.0.1:{own.engine.port}", namespace="default")


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What our logger said, without its fields."""
    said: list[Any] = [each.msg for each in caplog.records if each.name == "everloom.temporal"]
    return [fields["event"] for fields in said]


async def test_all_callers_share_one_connection(temporal: TemporalService) -> None:
    """A hundred callers at once get the same client."""
    clients = await asyncio.gather(*(temporal.get_client() for _ in range(100)))

    assert len({id(client) for client in clients}) == 1


async def test_nothing_is_connected_before_it_is_needed(own: Settings) -> None:
    """A service of a Temporal that is away can be made, and closed."""
    service = service_of(own)

    await service.close()


async def test_absence_is_waited_out_and_said_once(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Callers wait until Temporal is there; one line says that it is away, one that it is back."""
    caplog.set_level(logging.INFO, "everloom.temporal")
    service = service_of(own)
    callers = [asyncio.create_task(service.get_client()) for _ in range(5)]
    for _ in range(3):
        with pytest.raises(TemporalUnavailable):
            await service.get_client(within=timedelta(milliseconds=60))

    async with embedded_engine(own):
        clients = await asyncio.gather(*callers)
        await service.close()

    assert len({id(client) for client in clients}) == 1
    assert events(caplog) == ["temporal is away", "temporal is back"]


async def test_wait_can_be_bounded_and_its_end_says_why(own: Settings) -> None:
    """The error names address and reason, and says what to do."""
    with pytest.raises(TemporalUnavailable) as refused:
        await service_of(own).get_client(within=timedelta(milliseconds=100))

    assert f"127.0.0.1:{own.engine.port}" in refused.value.message
    assert "Connection refused" in refused.value.message
    assert "everloom dev" in refused.value.hint


async def test_one_impatient_caller_does_not_end_the_wait_of_others(own: Settings) -> None:
    """Giving up is a caller's own business."""
    service = service_of(own)
    patient = asyncio.create_task(service.get_client())
    with pytest.raises(TemporalUnavailable):
        await service.get_client(within=timedelta(milliseconds=30))

    async with embedded_engine(own):
        assert await patient is await service.get_client()
        await service.close()


async def test_health_check_that_succeeds_ends_the_wait_of_others(own: Settings) -> None:
    """Who waits between two attempts does not wait on when somebody has found Temporal back."""
    slow = own.model_copy(update={"temporal": TemporalSettings(retry_first=timedelta(hours=1))})
    service = service_of(slow)
    waiting = asyncio.create_task(service.get_client())
    assert (await service.health()).status == "unhealthy"

    async with embedded_engine(own):
        assert (await service.health()).status == "healthy"
        await asyncio.wait_for(waiting, 5)
        await service.close()


async def test_closing_ends_every_wait(own: Settings) -> None:
    """Who waits for a service that is closed hears so, instead of waiting for ever."""
    service = service_of(own)
    callers = [asyncio.create_task(service.get_client()) for _ in range(3)]
    await asyncio.sleep(0)

    await service.close()

    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert {type(answer) for answer in answers} == {TemporalUnavailable}


async def test_healthy_temporal_is_healthy(temporal: TemporalService) -> None:
    """Health says which namespace answered, and where."""
    health = await temporal.health()

    assert (health.status, health.error) == ("healthy", None)
    assert (health.namespace, health.address) == ("default", temporal.address)


async def test_temporal_that_is_away_is_unhealthy(own: Settings) -> None:
    """Nobody listening is told at once."""
    health = await service_of(own).health()

    assert health.status == "unhealthy"
    assert health.error is not None
    assert health.error.startswith(f"Temporal at {health.address} does not answer: ")
    assert health.error.endswith("Connection refused.")
    assert health.error.count(health.address) == 1


async def test_temporal_that_says_nothing_is_unhealthy_in_time(own: Settings) -> None:
    """A server that accepts and then keeps silent is given up after `temporal.health_timeout`."""
    with socket.create_server(("127.0.0.1", own.engine.port)):
        async with asyncio.timeout(5):
            health = await service_of(own).health()

    assert health.status == "unhealthy"
    assert health.error == f"Temporal at {health.address} does not answer: no answer within 500ms."


async def test_missing_namespace_is_unhealthy_and_named(temporal: TemporalService) -> None:
    """A namespace that is not there is an error of its own, with the remedy."""
    lost = TemporalService(temporal.settings, address=temporal.address, namespace="nowhere")

    health = await lost.health()
    with pytest.raises(NamespaceNotFound, match="'nowhere'") as refused:
        await lost.start_workflow("any", None, StartOptions(id="x"))

    assert health.status == "unhealthy"
    assert health.namespace == "nowhere"
    assert "TEMPORAL_NAMESPACE" in refused.value.hint
    await lost.close()


async def test_service_is_usable_again_after_close(temporal: TemporalService) -> None:
    """Closing lets go of the connection; the next call makes another."""
    service = TemporalService(temporal.settings, address=temporal.address)
    first = await service.get_client()

    await service.close()

    assert await service.get_client() is not first
    await service.close()
