"""Who a call says it is: basic, bearer and digest, given whole or by the name of a secret."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, Status

from everloom.settings import SecretSettings

from .identity import DigestServer
from .serving import MIRROR, Caller, Reply, caller

ADA = {"username": "ada", "password": "count:ess"}


def who(url: str, **policy: Any) -> dict[str, Any]:
    """An endpoint that wants to know who calls."""
    return {"uri": url, "authentication": policy}


@pytest.fixture
def at_hand(tmp_path: Path) -> SecretSettings:
    """Secrets that hold what schemes need."""
    file = tmp_path / "secrets.json"
    held = {"account": ADA, "token": "t0ken", "held": {"token": "t0ken"}}
    file.write_text(json.dumps(held), encoding="utf-8")
    return SecretSettings(file=file)


async def test_basic_is_name_and_password(web: HttpFiles, call: Caller) -> None:
    """In UTF-8, as RFC 7617 has it."""
    url = web.serve("/", MIRROR)

    heard = await call(
        method="get", endpoint=who(url, basic={"username": "zoë", "password": "päss:word"})
    )

    scheme, _, given = heard["headers"]["authorization"].partition(" ")
    assert (scheme, base64.b64decode(given).decode()) == ("Basic", "zoë:päss:word")


@pytest.mark.parametrize("secret", ["token", "held"])
async def test_a_policy_may_be_a_secret(
    web: HttpFiles, at_hand: SecretSettings, secret: str
) -> None:
    """Its fields; for a bearer also the bare token."""
    url = web.serve("/", MIRROR)

    async with caller(secrets=at_hand) as call:
        basic = await call(
            method="get", endpoint=who(url, basic={"use": "account"}), secrets=["account"]
        )
        bearer = await call(
            method="get", endpoint=who(url, bearer={"use": secret}), secrets=[secret]
        )

    assert basic["headers"]["authorization"] == "Basic YWRhOmNvdW50OmVzcw=="
    assert bearer["headers"]["authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"basic": ADA, "bearer": {"token": "x"}},
        {"basic": {"username": "ada"}},
        {"basic": {"username": "a:da", "password": "x"}},
        {"basic": {"use": "token"}},
        {"bearer": {}},
        {"bearer": {"token": ["x"]}},
        {"digest": "ada"},
        {"kerberos": {}},
        "basic",
        7,
    ],
)
async def test_a_policy_that_cannot_be_used_is_refused(
    web: HttpFiles, at_hand: SecretSettings, policy: Any
) -> None:
    """And what it holds is not repeated."""
    async with caller(secrets=at_hand) as call:
        said = await call.fails(
            "configuration", 400, method="get", secrets=["token"],
            endpoint={"uri": web.url("/"), "authentication": policy},
        )  # fmt: skip

    assert said.startswith("Authentication not usable: ")
    assert "count:ess" not in said
    assert "t0ken" not in said
    assert web.requests == []


@pytest.mark.parametrize("scheme", ["basic", "digest", "bearer"])
async def test_a_server_that_does_not_agree_is_a_fault(
    web: HttpFiles, call: Caller, scheme: str
) -> None:
    """With its own status; name and password are not repeated."""
    url = web.serve("/", Reply(DigestServer().answer))
    wrong = {"username": "ada", "password": "wr0ng", "token": "wr0ng"}

    said = await call.fails(
        "communication", 401, method="get", endpoint=who(url, **{scheme: wrong})
    )

    assert said == f"401 Unauthorized: GET {url} answered 401."


@pytest.mark.parametrize(
    ("algorithm", "qop"),
    [
        ("MD5", "auth"), ("SHA-256", "auth"), ("SHA-512", "auth"), ("SHA-256-sess", "auth"),
        ("MD5-sess", "auth"), ("MD5", None), ("SHA-256", None),
    ],
)  # fmt: skip
async def test_a_digest_proves_the_password(
    web: HttpFiles, call: Caller, algorithm: str, qop: str | None
) -> None:
    """Without sending it."""
    server = DigestServer(algorithm, qop)
    url = web.serve("/pets", Reply(server.answer))

    assert await call(method="put", endpoint=who(f"{url}?a=1", digest=ADA), body={"a": 1})
    assert all("count:ess" not in str(each) for each in web.requests)
    assert web.requests[-1].body == b'{"a":1}'


async def test_a_challenge_is_used_again(web: HttpFiles, call: Caller) -> None:
    """One request a call, until the server wants another nonce."""
    server = DigestServer(uses=3)
    url = web.serve("/", Reply(server.answer))

    heard = [await call(method="get", endpoint=who(url, digest=ADA)) for _ in range(5)]

    assert [(each["nonce"], int(each["nc"])) for each in heard] == [
        ("nonce-0", 1), ("nonce-0", 2), ("nonce-0", 3), ("nonce-1", 1), ("nonce-1", 2),
    ]  # fmt: skip
    assert server.refused == 2


async def test_digests_side_by_side(web: HttpFiles, call: Caller) -> None:
    """Calls that share a challenge do not get into each other's way."""
    url = web.serve("/", Reply(DigestServer().answer))
    await call(method="get", endpoint=who(url, digest=ADA))

    heard = await asyncio.gather(
        *(call(method="get", endpoint=who(url, digest=ADA)) for _ in range(8))
    )

    assert sorted(int(each["nc"], 16) for each in heard) == list(range(2, 10))


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="x", nonce="y", algorithm=SHA-512-256',
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x"',
        "Digest nonsense",
    ],
)
async def test_a_digest_that_is_not_possible_is_said_so(
    web: HttpFiles, call: Caller, challenge: str
) -> None:
    """It is a matter of authentication."""
    url = web.serve("/", Status(401, headers={"WWW-Authenticate": challenge}))

    said = await call.fails("authentication", 401, method="get", endpoint=who(url, digest=ADA))

    assert said.startswith("Digest not possible: ")
