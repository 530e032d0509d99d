"""Certificates and keys replaced on the disk, under a worker that runs."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2
from tests.servers.certificates import Authority, server_side
from tests.servers.tls_front import TlsFront, tls_front
from tests.waiting import eventually
from tests.worker.commands import Command, everloom
from tests.worker.conftest import Application

from everloom.engine import free_port

OLD, NEW = Authority("old"), Authority("new")


def worker(
    application: Application, variables: Mapping[str, str]
) -> AbstractAsyncContextManager[Command]:
    """`everloom worker` that looks at its files often."""
    environment = {
        "EVERLOOM_TEMPORAL__RENEW_EVERY": "100ms",
        "HOME": str(application.folder),
        **variables,
    }
    return everloom(
        application.folder,
        *("worker", "--queue", application.queue, "--processes", "1"),
        environment=environment,
    )


@asynccontextmanager
async def certified(application: Application) -> AsyncGenerator[tuple[TlsFront, Command]]:
    """A front that takes clients of the old authority only, and a worker with such a certificate."""
    folder = application.folder
    ca = OLD.write(folder / "ca.pem")
    files = OLD.write_client(folder)
    variables = {
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(ca),
        "TEMPORAL_TLS_CLIENT_CERT_PATH": str(files.certificate),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": str(files.key),
    }
    tls = server_side(OLD.issue(), clients_of=OLD)
    async with tls_front(application.address, tls) as front:
        variables["TEMPORAL_ADDRESS"] = front.address
        async with worker(application, variables) as command:
            await command.event("worker polls")
            yield front, command


async def greeted(application: Application) -> None:
    """A run from start to end, worked on by the worker behind the front."""
    run = await application.start("greeting", None)
    assert await run.result() == "hello"


async def test_new_certificates_of_a_new_authority_keep_a_worker_working(application: Application):
    """Client certificate and trusted authority are replaced; then the server takes the old no more."""
    async with certified(application) as (front, command):
        await greeted(application)

        # The server first trusts both, as in any orderly change of an authority.
        both = server_side(OLD.issue(), clients_of=OLD)
        both.load_verify_locations(cadata=NEW.pem.decode())
        front.tls = both
        (application.folder / "ca.pem").write_bytes(OLD.pem + NEW.pem)
        NEW.write_client(application.folder)
        await command.event("temporal takes the new credentials")
        front.tls = server_side(NEW.issue(), clients_of=NEW)
        await front.cut()
        refused = len(front.refused)

        await greeted(application)

        assert len(front.refused) == refused
        assert command.events("worker process crashed") == []


async def test_new_certificates_are_taken_over_by_the_api(application: Application):
    """The API, which asks Temporal now and then only, goes over to them too."""
    folder, port = application.folder, free_port()
    files = OLD.write_client(folder)
    variables = {
        "EVERLOOM_TEMPORAL__RENEW_EVERY": "100ms",
        "HOME": str(folder),
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(OLD.write(folder / "ca.pem")),
        "TEMPORAL_TLS_CLIENT_CERT_PATH": str(files.certificate),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": str(files.key),
    }
    tls = server_side(OLD.issue(), clients_of=OLD)
    async with tls_front(application.address, tls) as front:
        variables["TEMPORAL_ADDRESS"] = front.address
        async with everloom(folder, "api", "--port", str(port), environment=variables) as api:
            ready = f"http://127.0.0.1:{port}/readyz"
            await eventually(lambda: _status(ready, api, 200), within=20)

            front.tls = server_side(OLD.issue(), clients_of=NEW)
            await front.cut()
            await eventually(lambda: _status(ready, api, 503), within=20)
            NEW.write_client(folder)

            await api.event("temporal takes the new credentials")
            await eventually(lambda: _status(ready, api, 200), within=20)


async def _status(address: str, command: Command, wanted: int) -> bool:
    assert command.process.returncode is None, command.said
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        try:
            return (await client.get(address)).status_code == wanted
        except httpx2.TransportError:
            return False


async def test_worker_cut_off_before_the_new_files_came_is_back_with_them(
    application: Application,
):
    """The server takes the old certificate no more; the worker says so, and works with the new one."""
    async with certified(application) as (front, command):
        front.tls = server_side(OLD.issue(), clients_of=NEW)
        await front.cut()
        away = await command.event("temporal is away")
        assert "refuses the client certificate" in away["reason"]

        NEW.write_client(application.folder)

        await command.event("temporal takes the new credentials")
        await greeted(application)


async def test_broken_new_files_are_told_once_and_the_old_connection_goes_on(
    application: Application,
):
    """What lies on the disk is no certificate: one line says so, and work goes on."""
    async with certified(application) as (_, command):
        (application.folder / "client.pem").write_text("half a certif")

        told = await command.event("new credentials for temporal are no good; the old ones stay")
        await greeted(application)

        assert "client certificate cannot be read" in told["error"]
        assert told["code"] == "connection-invalid"
        assert command.events(told["event"]) == [told]
        assert command.events("temporal is away") == []


async def test_new_api_key_in_the_profile_is_taken_over(application: Application):
    """A key that is replaced in the profile is sent from then on; no connection is made anew."""
    profile = application.folder / "temporal.toml"
    ca = OLD.write(application.folder / "ca.pem")

    def save(key: str, address: str) -> None:
        write_profile(profile, key, address, ca)

    tls = server_side(OLD.issue())
    async with tls_front(application.address, tls, keys=frozenset({"one"})) as front:
        save("one", front.address)
        async with worker(application, {"TEMPORAL_CONFIG_FILE": str(profile)}) as command:
            await command.event("worker polls")
            front.keys = frozenset({"one", "two"})
            save("two", front.address)
            await command.event("temporal takes the new api key")
            front.keys = frozenset({"two"})

            await greeted(application)

            assert "two" not in str(command.lines)


async def test_worker_that_is_not_let_in_ends_with_the_reason(application: Application):
    """There is nothing to wait for: the exit code is 2, and the word is the connection's own."""
    variables = {"TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(NEW.write(application.folder / "ca.pem"))}
    async with tls_front(application.address, server_side(OLD.issue())) as front:
        variables["TEMPORAL_ADDRESS"] = front.address
        async with worker(application, variables) as command:
            assert await command.exit_code() == 2

        talk = "\n".join(command.said)
        assert "code: server-certificate-untrusted" in talk
        assert "TEMPORAL_TLS_SERVER_CA_CERT_PATH" in talk
        assert "Traceback" not in talk


def write_profile(file: Path, key: str, address: str, ca: Path) -> None:
    """Save a profile with a key."""
    file.write_text(
        f'[profile.default]\naddress = "{address}"\napi_key = "{key}"\n'
        f'[profile.default.tls]\nserver_ca_cert_path = "{ca}"\n',
        encoding="utf-8",
    )
