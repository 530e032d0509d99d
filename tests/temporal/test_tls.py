"""TLS, client certificates and API keys: real handshakes, and words that say which one failed."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from temporalio.worker import Worker
from tests.servers.certificates import Authority, Files, server_side
from tests.servers.tls_front import UNAUTHENTICATED, TlsFront, tls_front
from tests.temporal.sample import Counter

from everloom.authoring import StartOptions
from everloom.core import EverloomError
from everloom.engine import Engine
from everloom.settings import Settings, child_environment
from everloom.temporal import ConnectionInvalid, TemporalService, TemporalUnavailable

OURS, OTHER = Authority("ours"), Authority("other")
RIGHT_KEY, OLD_KEY = "right-key", "old-key"


@dataclass
class Place:
    """A folder with certificates, and the variables that name them."""

    folder: Path
    front: TlsFront
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def trust(self, authority: Authority) -> "Place":
        """Name the authority of the server."""
        file = authority.write(self.folder / "ca.pem")
        return self.set(TEMPORAL_TLS_SERVER_CA_CERT_PATH=str(file))

    def show(self, files: Files) -> "Place":
        """Name a client certificate."""
        return self.set(
            TEMPORAL_TLS_CLIENT_CERT_PATH=str(files.certificate),
            TEMPORAL_TLS_CLIENT_KEY_PATH=str(files.key),
        )

    def set(self, **variables: str) -> "Place":
        """Name anything."""
        self.variables |= variables
        return self


@dataclass(frozen=True)
class Case:
    """How the server is, what the client brings, and what comes out."""

    code: str = ""
    said: str = ""
    hint: str = ""
    days: int = 30
    name: str = "localhost"
    demands: bool = False
    plain: bool = False
    keys: bool = False
    bring: Callable[[Place], object] = lambda place: place.trust(OURS)


def token(exp: int) -> str:
    """A key as Temporal Cloud gives it, ending at a time."""
    parts = ({"alg": "ES256"}, {"exp": exp}, "signature")
    return ".".join(urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts)


EXPIRED_TOKEN = token(1_600_000_000)

CASES = {
    "wrong authority": Case(
        "server-certificate-untrusted",
        "another authority",
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
        bring=lambda place: place.trust(OTHER),
    ),
    "authority unknown to this machine": Case(
        "server-certificate-untrusted",
        "O=ours) than those of this machine",
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
        bring=lambda place: place.set(TEMPORAL_TLS="true"),
    ),
    "expired server certificate": Case(
        "server-certificate-expired", "expired on 20", "clock", days=-1
    ),
    "wrong host name": Case(
        "server-name-mismatch",
        "for elsewhere.example, not for localhost",
        "TEMPORAL_TLS_SERVER_NAME",
        name="elsewhere.example",
    ),
    "client certificate of another authority": Case(
        "client-certificate-refused",
        "an authority that the server does not trust",
        "TEMPORAL_TLS_CLIENT_CERT_PATH",
        demands=True,
        bring=lambda place: place.trust(OURS).show(OTHER.write_client(place.folder)),
    ),
    "expired client certificate": Case(
        "client-certificate-expired",
        "client certificate that expired on 20",
        "TEMPORAL_TLS_CLIENT_CERT_PATH",
        demands=True,
        bring=lambda place: place.trust(OURS).show(OURS.write_client(place.folder, days=-1)),
    ),
    "no client certificate": Case(
        "client-certificate-missing",
        "wants a client certificate, and none is set",
        "TEMPORAL_TLS_CLIENT_KEY_PATH",
        demands=True,
    ),
    "plain client against TLS": Case(
        "tls-expected", "speaks TLS", "TEMPORAL_TLS=true", bring=lambda place: place
    ),
    "TLS client against plain": Case(
        "tls-not-spoken", "does not speak TLS", "TEMPORAL_TLS", plain=True
    ),
    "no API key": Case("api-key-missing", "none is set", "TEMPORAL_API_KEY", keys=True),
    "wrong API key": Case(
        "api-key-refused",
        "Request unauthorized",
        "TEMPORAL_API_KEY",
        keys=True,
        bring=lambda place: place.trust(OURS).set(TEMPORAL_API_KEY="wrong-key"),
    ),
    "API key that the server calls expired": Case(
        "api-key-expired",
        "it expired",
        "TEMPORAL_API_KEY",
        keys=True,
        bring=lambda place: place.trust(OURS).set(TEMPORAL_API_KEY=OLD_KEY),
    ),
    "API key that says itself that it expired": Case(
        "api-key-expired",
        "it expired on 2020-09-13",
        "TEMPORAL_API_KEY",
        keys=True,
        bring=lambda place: place.trust(OURS).set(TEMPORAL_API_KEY=EXPIRED_TOKEN),
    ),
}

Opened = Callable[[Case], Awaitable[Place]]


@pytest.fixture
async def opened(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Opens the front of a case and sets the variables of its client."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    fronts: list[Any] = []

    async def open_(case: Case) -> Place:
        leaf = OURS.issue(case.name, days=case.days)
        tls = None if case.plain else server_side(leaf, clients_of=OURS if case.demands else None)
        keys = frozenset({RIGHT_KEY}) if case.keys else None
        answers = {OLD_KEY: (UNAUTHENTICATED, "Jwt is expired")}
        opening = tls_front(engine.address, tls, keys=keys, answers=answers)
        front = await opening.__aenter__()
        fronts.append(opening)
        place = Place(tmp_path, front).set(TEMPORAL_ADDRESS=front.address)
        case.bring(place)
        for name, value in place.variables.items():
            monkeypatch.setenv(name, value)
        return place

    yield open_
    for opening in fronts:
        await opening.__aexit__(None, None, None)


async def run_counter(service: TemporalService) -> int:
    """One run from its start to its result, worker and all over this connection."""
    queue = f"queue-{uuid4()}"
    async with Worker(await service.get_client(), task_queue=queue, workflows=[Counter]):
        options = StartOptions(id=f"run-{uuid4()}", queue=queue)
        run_id = await service.start_workflow("sample.counter", 7, options)
        await service.signal_workflow(options.id, run_id, "end", ["well"])
        return await service.workflow_result(options.id, run_id, int)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_refusal_says_which_it_was(opened: Opened, tmp_path: Path, case: Case) -> None:
    """Code, words and hint name what is wrong, and the secrets are in none of them."""
    place = await opened(case)
    service = TemporalService(Settings(folder=tmp_path))

    with pytest.raises(EverloomError) as refused:
        await service.get_client()
    health = await service.health()
    await service.close()

    assert refused.value.code == case.code
    assert case.said in refused.value.message
    assert place.front.address in refused.value.message
    assert case.hint in refused.value.hint
    assert (health.status, health.code) == ("unhealthy", case.code)
    said = f"{refused.value.message} {refused.value.hint}"
    assert not {"wrong-key", OLD_KEY, EXPIRED_TOKEN} & set(said.split())


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(), id="authority alone"),
        pytest.param(
            Case(
                demands=True,
                bring=lambda place: place.trust(OURS).show(OURS.write_client(place.folder)),
            ),
            id="client certificate",
        ),
        pytest.param(
            Case(
                keys=True,
                bring=lambda place: place.trust(OURS).set(TEMPORAL_API_KEY=RIGHT_KEY),
            ),
            id="API key",
        ),
        pytest.param(
            Case(
                name="elsewhere.example",
                bring=lambda place: place.trust(OURS).set(
                    TEMPORAL_TLS_SERVER_NAME="elsewhere.example"
                ),
            ),
            id="another name that is said",
        ),
    ],
)
async def test_right_one_gets_in_and_runs_a_workflow(
    opened: Opened, tmp_path: Path, case: Case
) -> None:
    """With the right material a worker, its run and the result all pass through TLS."""
    place = await opened(case)
    service = TemporalService(Settings(folder=tmp_path))

    result = await run_counter(service)
    await service.close()

    assert result == 7
    assert place.front.opened > 0


@pytest.mark.parametrize("name", ["no client certificate", "wrong API key", "wrong host name"])
async def test_commands_say_it_too(opened: Opened, tmp_path: Path, name: str) -> None:
    """`runs list` and `doctor` end with an exit code and one block of words, never with a trace."""
    case = CASES[name]
    await opened(case)

    listed = await type_(tmp_path, "runs", "list")
    examined = await type_(tmp_path, "doctor")

    assert listed.code == 2
    assert f"code: {case.code}" in listed.said
    assert examined.code == 1
    for outcome in (listed, examined):
        assert case.said in " ".join(outcome.said.split())
        assert case.hint in outcome.said
        assert "Traceback" not in outcome.said


async def test_diagnosis_never_asks_for_a_password(opened: Opened, tmp_path: Path) -> None:
    """A key that is locked by a password is said to be unusable; nobody is asked at the terminal."""
    files = OURS.write_client(tmp_path)
    unlocked = load_pem_private_key(files.key.read_bytes(), None)
    locked = BestAvailableEncryption(b"hunter2")
    files.key.write_bytes(unlocked.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    await opened(Case(demands=True, bring=lambda place: place.trust(OURS).show(files)))

    with pytest.raises(ConnectionInvalid, match="key of the client certificate cannot be read"):
        await TemporalService(Settings(folder=tmp_path)).get_client()


async def test_files_that_do_not_belong_together_are_named(opened: Opened, tmp_path: Path) -> None:
    """Certificate and key of two pairs, and a certificate without any key, are told apart."""
    one, two = OURS.write_client(tmp_path, "one"), OURS.write_client(tmp_path, "two")
    mixed = Files(one.certificate, two.key)
    place = await opened(Case(bring=lambda place: place.trust(OURS).show(mixed)))

    with pytest.raises(ConnectionInvalid, match="does not belong to the client certificate"):
        await TemporalService(Settings(folder=tmp_path)).get_client()

    assert place.front.opened == 0


async def test_client_certificate_that_no_handshake_takes_is_named(
    opened: Opened, tmp_path: Path
) -> None:
    """A key that is too short for TLS is told, without a trace."""
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is the point
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "short")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, SHA256())
    )
    files = Files(tmp_path / "short.pem", tmp_path / "short.key")
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    await opened(Case(demands=True, bring=lambda place: place.trust(OURS).show(files)))

    with pytest.raises(ConnectionInvalid, match=r"cannot be used: .* too small"):
        await TemporalService(Settings(folder=tmp_path)).get_client()


async def test_server_name_that_cannot_be_one_is_refused_at_once(
    opened: Opened, tmp_path: Path
) -> None:
    """Waiting would not help, so a worker does not wait for it either."""
    await opened(Case(bring=lambda place: place.trust(OURS).set(TEMPORAL_TLS_SERVER_NAME=".x")))

    with pytest.raises(ConnectionInvalid, match=r"'\.x' is no name") as refused:
        await TemporalService(Settings(folder=tmp_path)).get_client(within=timedelta(seconds=5))

    assert "TEMPORAL_TLS_SERVER_NAME" in refused.value.hint


async def test_host_that_no_resolver_takes_does_not_answer(tmp_path: Path) -> None:
    """A name that is too long is a Temporal that is not there, not a failure of ours."""
    address = f"{'a' * 70}.example:7233"
    service = TemporalService(Settings(folder=tmp_path), address=address)

    with pytest.raises(TemporalUnavailable):
        await service.get_client(within=timedelta(milliseconds=200))
    assert (await service.health()).code == "temporal-unavailable"
    await service.close()


async def test_api_key_that_cannot_be_sent_is_refused_without_being_shown(
    opened: Opened, tmp_path: Path
) -> None:
    """A line break in the middle, as from a file with two keys."""
    two = "first-key\nsecond-key"
    await opened(Case(keys=True, bring=lambda place: place.trust(OURS).set(TEMPORAL_API_KEY=two)))

    with pytest.raises(ConnectionInvalid, match="API key") as refused:
        await TemporalService(Settings(folder=tmp_path)).get_client(within=timedelta(seconds=5))

    assert "TEMPORAL_API_KEY" in refused.value.hint
    assert "first-key" not in str(refused.value)


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    said: str


async def type_(folder: Path, *arguments: str) -> Outcome:
    """Type a command in a folder and wait for its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "everloom",
        *arguments,
        cwd=folder,
        env=child_environment(COLUMNS="80"),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    return Outcome(process.returncode or 0, f"{out.decode()}\n{err.decode()}")
