"""The codec endpoint: for those who are allowed, as Temporal's own command and web interface ask."""

import asyncio
import base64
import json
import os
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload
from temporalio.worker import Worker
from tests.api.conftest import client_of
from tests.payloads.sample import Keep
from tests.waiting import eventually

from everloom.api import create_app
from everloom.authoring import StartOptions
from everloom.engine import Engine, find_binary, free_port
from everloom.settings import (
    PayloadSettings,
    Settings,
    SettingsInvalid,
    check_codec,
)
from everloom.temporal import TemporalService, data_converter

TOKEN = "a-token-that-is-long-enough"
UI = "https://temporal.example.com"
KEY = base64.b64encode(bytes(range(32))).decode()
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}", "X-Namespace": "default"}
LONG = base64.b64encode(os.urandom(300_000)).decode()
SECRET = "nobody else shall read this"


def settings_in(folder: Path, **payloads: object) -> Settings:
    section = {
        "keys": {"2026": KEY},
        "encrypt_with": "2026",
        "compress": True,
        "codec": "token",
        "codec_tokens": [TOKEN],
        "codec_origins": [UI],
        "codec_limit": 2_000_000,
        **payloads,
    }
    return Settings(
        folder=folder,
        payloads=PayloadSettings.model_validate(section),
    )


@pytest.fixture
async def temporal(engine: Engine, tmp_path: Path) -> AsyncGenerator[TemporalService]:
    service = TemporalService(
        settings_in(tmp_path), address=engine.address, namespace=engine.namespace
    )
    yield service
    await service.close()


@pytest.fixture
def app(temporal: TemporalService) -> FastAPI:
    return create_app(temporal.settings, temporal)


@pytest.fixture
async def client(app: FastAPI) -> AsyncGenerator[httpx2.AsyncClient]:
    async with client_of(app) as opened:
        yield opened


async def written(settings: Settings, *values: Any) -> dict[str, Any]:
    """Payloads as they lie in histories, as JSON."""
    payloads = await data_converter(settings).encode(values)
    return {"payloads": [MessageToDict(each) for each in payloads]}


def values(answer: httpx2.Response) -> list[Any]:
    """What an answer's payloads hold."""
    answer.raise_for_status()
    return [json.loads(base64.b64decode(each["data"])) for each in answer.json()["payloads"]]


async def test_payloads_are_decoded_for_whoever_has_a_token(
    client: httpx2.AsyncClient, temporal: TemporalService
) -> None:
    """What was compressed, encrypted and kept outside comes back as the value it was."""
    body = await written(temporal.settings, SECRET, LONG)
    body["payloads"].append(MessageToDict(Payload(metadata={"encoding": b"json/plain"}, data=b"1")))

    answer = await client.post("/codec/decode", json=body, headers=AUTHORIZED)

    assert values(answer) == [SECRET, LONG, 1]


async def test_encoded_values_are_read_by_workers(
    client: httpx2.AsyncClient, temporal: TemporalService
) -> None:
    """What the endpoint writes for Temporal's command is what workers expect."""
    plain = MessageToDict(Payload(metadata={"encoding": b"json/plain"}, data=b'"words"'))

    answer = await client.post("/codec/encode", json={"payloads": [plain]}, headers=AUTHORIZED)

    encoded = answer.json()["payloads"][0]
    assert base64.b64decode(encoded["metadata"]["encoding"]) == b"binary/encrypted"
    payload = Payload(
        metadata={name: base64.b64decode(each) for name, each in encoded["metadata"].items()},
        data=base64.b64decode(encoded["data"]),
    )
    assert await data_converter(temporal.settings).decode([payload]) == ["words"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        pytest.param({}, 401, "codec-token-missing", id="none"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, 401, "codec-token-missing", id="basic"),
        pytest.param({"Authorization": "Bearer wrong"}, 403, "codec-denied", id="wrong"),
        pytest.param({"Authorization": f"Bearer {TOKEN}x"}, 403, "codec-denied", id="longer"),
        pytest.param(
            {**AUTHORIZED, "X-Namespace": "other"}, 404, "codec-namespace-unknown", id="namespace"
        ),
        pytest.param(
            {**AUTHORIZED, "Origin": "https://evil.example"}, 403, "origin-refused", id="page"
        ),
    ],
)
@pytest.mark.parametrize("path", ["decode", "encode", "download"])
async def test_others_are_refused(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    """Without a token, with a wrong one, from a foreign page: nothing is decoded."""
    answer = await client.post(f"/codec/{path}", json={"payloads": []}, headers=headers)

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_it_is_off_unless_it_is_configured(engine: Engine, tmp_path: Path) -> None:
    """Whoever sets nothing has no codec endpoint."""
    settings = settings_in(tmp_path, codec="off")
    service = TemporalService(settings, address=engine.address)
    async with client_of(create_app(settings, service)) as client:
        answer = await client.post("/codec/decode", json={"payloads": []}, headers=AUTHORIZED)

    assert answer.status_code == 404


async def test_what_a_browser_asks(client: httpx2.AsyncClient, temporal: TemporalService) -> None:
    """The web interface's page asks first what it may, keeps references, and downloads them after."""
    page = {**AUTHORIZED, "Origin": UI}
    preflight = await client.options(
        "/codec/decode",
        headers={
            "Origin": UI,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-namespace",
        },
    )
    foreign = await client.options("/codec/decode", headers={"Origin": "https://evil.example"})
    body = await written(temporal.settings, LONG, SECRET)
    url = "/codec/decode?preserveStorageRefs=true"

    shown = await client.post(url, json=body, headers=page)
    loaded = await client.post(
        "/codec/download", json={"payloads": [shown.json()["payloads"][0]]}, headers=page
    )

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == UI
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in foreign.headers
    assert shown.headers["access-control-allow-origin"] == UI
    assert values(shown)[0]["claimData"]["key"].startswith("payloads/")
    assert values(shown)[1] == SECRET
    assert values(loaded) == [LONG]
    denied = await client.post("/codec/decode", json=body, headers={"Origin": UI})
    assert (denied.status_code, denied.headers["access-control-allow-origin"]) == (401, UI)


async def test_sizes_are_limited(client: httpx2.AsyncClient, temporal: TemporalService) -> None:
    """A body that is too large is refused; a stored payload that is too large stays a reference."""
    huge = {"payloads": [{"data": "a" * 3_000_000}]}
    unpacked = await written(temporal.settings, "x" * 3_000_000)
    stored = await written(temporal.settings, base64.b64encode(os.urandom(2_500_000)).decode())

    refused = await client.post("/codec/decode", json=huge, headers=AUTHORIZED)
    answers = [
        await client.post("/codec/decode", json=each, headers=AUTHORIZED)
        for each in (unpacked, stored)
    ]

    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")
    assert [answer.json() for answer in answers] == [unpacked, stored]


async def test_unreadable_payloads_do_not_hide_the_others(
    client: httpx2.AsyncClient, tmp_path: Path, temporal: TemporalService
) -> None:
    """What was written with a lost key comes back as it came; and no object but payloads is read."""
    other = {"keys": {"lost": KEY}, "encrypt_with": "lost"}
    lost = await written(settings_in(tmp_path, **other), SECRET)
    mine = await written(temporal.settings, SECRET)
    reference = {
        "metadata": {
            "encoding": base64.b64encode(b"json/protobuf").decode(),
            "messageType": base64.b64encode(
                b"temporal.api.sdk.v1.ExternalStorageReference"
            ).decode(),
        },
        "data": base64.b64encode(
            json.dumps({"driverName": "everloom", "claimData": {"key": "imports/secret"}}).encode()
        ).decode(),
    }
    body = {"payloads": [lost["payloads"][0], reference, mine["payloads"][0]]}

    answer = await client.post("/codec/decode", json=body, headers=AUTHORIZED)

    found = answer.json()["payloads"]
    assert found[:2] == body["payloads"][:2]
    assert json.loads(base64.b64decode(found[2]["data"])) == SECRET
    broken = await client.post("/codec/decode", content=b"\xff{", headers=AUTHORIZED)
    assert (broken.status_code, broken.json()["code"]) == (422, "payloads-invalid")


@pytest.mark.parametrize(
    ("section", "host", "code"),
    [
        pytest.param({"codec": "open"}, "0.0.0.0", "codec-open", id="open to the network"),
        pytest.param({"codec": "token"}, "127.0.0.1", "codec-token", id="no token"),
        pytest.param(
            {"codec": "token", "codec_tokens": ["short"]}, "127.0.0.1", "codec-token", id="short"
        ),
    ],
)
def test_endpoint_that_is_too_open_is_refused(
    section: dict[str, Any], host: str, code: str
) -> None:
    """An endpoint open to the network, or with tokens that can be guessed, does not start."""
    with pytest.raises(SettingsInvalid) as caught:
        check_codec(PayloadSettings.model_validate(section), host)

    assert [problem.code for problem in caught.value.problems] == [code]


@contextmanager
def served(app: FastAPI) -> Generator[str]:
    """The API on a real port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


async def test_temporals_own_command_shows_what_was_encrypted(
    engine: Engine, temporal: TemporalService, tmp_path: Path
) -> None:
    """`temporal workflow show` prints input and result to who has a token, and to nobody else."""
    binary, queue, id = await find_binary(Settings()), f"q-{uuid4()}", f"run-{uuid4()}"
    sdk = await temporal.get_client()
    async with Worker(sdk, task_queue=queue, workflows=[Keep]):
        await temporal.start_workflow("sample.keep", SECRET, StartOptions(id=id, queue=queue))
        await temporal.signal_workflow(id, None, "end", [])
        assert await temporal.workflow_result(id, None, str) == SECRET

    async def show(*options: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(str(binary), "workflow", "show", "--workflow-id", id, "--detailed"),
            *("--address", engine.address, *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return said.decode()

    with served(
        create_app(temporal.settings, TemporalService(temporal.settings, address=engine.address))
    ) as url:

        async def listens() -> bool:
            try:
                async with httpx2.AsyncClient() as asking:
                    return (await asking.get(f"{url}/healthz")).is_success
            except httpx2.TransportError:
                return False

        await eventually(listens)
        codec = ("--codec-endpoint", f"{url}/codec")
        allowed = await show(*codec, "--codec-auth", f"Bearer {TOKEN}")
        # It asks again and again until its time is over.
        denied = await show(
            *(*codec, "--codec-auth", "Bearer somebody-elses-token", "--command-timeout", "2s")
        )
        plain = await show()

    assert SECRET in allowed
    assert SECRET not in denied
    assert SECRET not in plain
