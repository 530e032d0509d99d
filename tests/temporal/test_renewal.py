"""Certificates replaced on the disk, under a service and a pool that are in use."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from tests.servers.certificates import Authority, server_side
from tests.servers.tls_front import TlsFront, tls_front
from tests.waiting import eventually

from everloom.engine import Engine
from everloom.settings import Settings, TemporalSettings
from everloom.temporal import ConnectionPool, TemporalService

OLD, NEW = Authority("old"), Authority("new")
OFTEN = TemporalSettings(renew_every=timedelta(milliseconds=20))


@pytest.fixture
async def front(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[TlsFront]:
    """A front that knows clients of the old authority, and variables that name such a client."""
    files = OLD.write_client(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(OLD.write(tmp_path / "ca.pem")))
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", str(files.certificate))
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(files.key))
    async with tls_front(engine.address, server_side(OLD.issue(), clients_of=OLD)) as opened:
        monkeypatch.setenv("TEMPORAL_ADDRESS", opened.address)
        yield opened


async def test_service_takes_new_certificates_over_and_tells_who_keeps_a_client(
    front: TlsFront, tmp_path: Path
) -> None:
    """The shared client is another one then, and listeners are given it."""
    service = TemporalService(Settings(folder=tmp_path, temporal=OFTEN))
    told: list[Client] = []
    service.on_new_client(told.append)
    before = await service.get_client()

    front.tls = server_side(OLD.issue(), clients_of=NEW)
    NEW.write_client(tmp_path)

    assert await eventually(lambda: told)
    assert await service.get_client() is told[0]
    assert told[0] is not before
    await front.cut()
    assert (await service.health()).status == "healthy"
    await service.close()


async def test_new_certificate_that_is_refused_leaves_the_old_connection(
    front: TlsFront, tmp_path: Path
) -> None:
    """Temporal does not know the new authority: the old client stays, and works."""
    service = TemporalService(Settings(folder=tmp_path, temporal=OFTEN))
    before = await service.get_client()

    NEW.write_client(tmp_path)

    assert await eventually(lambda: len(front.refused) >= 2)
    assert await service.get_client() is before
    assert (await service.health()).status == "healthy"
    await service.close()


async def test_address_of_an_edited_profile_does_not_move_a_running_process(
    front: TlsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How one gets in may change while a process runs; where it works may not."""
    service = TemporalService(Settings(folder=tmp_path, temporal=OFTEN))
    told: list[Client] = []
    service.on_new_client(told.append)
    await service.get_client()

    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere.example:7233")
    front.tls = server_side(OLD.issue(), clients_of=NEW)
    NEW.write_client(tmp_path)

    assert await eventually(lambda: told)
    assert service.address == front.address
    await service.close()


async def test_pool_gives_no_connection_with_old_certificates(
    front: TlsFront, tmp_path: Path
) -> None:
    """What was idle when the certificates changed is not given out again."""
    pool = ConnectionPool(Settings(folder=tmp_path, temporal=OFTEN))
    first, second = await pool.acquire(), await pool.acquire()
    for client in (first, second):
        pool.release(client)

    front.tls = server_side(OLD.issue(), clients_of=NEW)
    NEW.write_client(tmp_path)

    async def is_new() -> bool:
        async with pool.acquire() as client:
            return client not in {first, second}

    assert await eventually(is_new)
    assert await eventually(is_new)
    await pool.close()
