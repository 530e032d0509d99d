"""Tokens: got in every way of the standard, kept in the worker, and shown to nobody."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, redirect

from everloom.settings import HttpSettings, SecretSettings

from .identity import CLIENT, SECRET, Issuer
from .serving import Caller, Reply, caller

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID, OF_CLIENT = {"id": CLIENT}, {"id": CLIENT, "secret": SECRET}


@pytest.fixture
def issuer(web: HttpFiles) -> Issuer:
    """An issuer, and a resource that takes its tokens."""
    made = Issuer(web.address)
    web.serve("/oauth2/token", Reply(made.token))
    web.serve("/t", Reply(made.token))
    web.serve("/resource", Reply(made.resource))
    web.serve("/.well-known/openid-configuration", Reply(made.discovery))
    return made


def policy(issuer: Issuer, **changes: Any) -> dict[str, Any]:
    """A policy that works, with changes."""
    own = {"authority": issuer.url, "grant": "client_credentials", "client": OF_CLIENT}
    return {name: value for name, value in {**own, **changes}.items() if value is not None}


def protected(issuer: Issuer, scheme: str = "oauth2", **changes: Any) -> dict[str, Any]:
    """A call of the resource."""
    authentication = {scheme: policy(issuer, **changes)}
    return {
        "method": "get",
        "endpoint": {"uri": f"{issuer.url}/resource", "authentication": authentication},
    }


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        pytest.param(
            {"scopes": ["api", "pets"], "audiences": ["runtime"]},
            {
                "grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET,
                "scope": "api pets", "audience": "runtime",
            },
            id="client credentials",
        ),
        pytest.param(
            {"audiences": ["a", "b"]},
            {
                "grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET,
                "audience": ["a", "b"],
            },
            id="several audiences",
        ),
        pytest.param(
            {"grant": "password", "username": "ada", "password": "countess"},
            {
                "grant_type": "password", "client_id": CLIENT, "client_secret": SECRET,
                "username": "ada", "password": "countess",
            },
            id="password",
        ),
        pytest.param(
            {"grant": "refresh_token", "subject": {"token": "r0", "type": "refresh_token"}},
            {
                "grant_type": "refresh_token", "client_id": CLIENT, "client_secret": SECRET,
                "refresh_token": "r0",
            },
            id="refresh token",
        ),
        pytest.param(
            {
                "grant": EXCHANGE,
                "subject": {"token": "s", "type": "urn:x:jwt"},
                "actor": {"token": "a", "type": "urn:x:jwt"},
            },
            {
                "grant_type": EXCHANGE, "client_id": CLIENT, "client_secret": SECRET,
                "subject_token": "s", "subject_token_type": "urn:x:jwt",
                "actor_token": "a", "actor_token_type": "urn:x:jwt",
            },
            id="token exchange",
        ),
        pytest.param(
            {"client": {**OF_CLIENT, "authentication": "client_secret_basic"}},
            {"grant_type": "client_credentials"},
            id="basic",
        ),
        pytest.param(
            {"client": {"id": "public", "authentication": "none"}},
            {"grant_type": "client_credentials", "client_id": "public"},
            id="none",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "application/json"])
async def test_a_token_is_asked_for(
    issuer: Issuer, call: Caller, changes: Any, fields: dict[str, Any], encoding: str
) -> None:
    """With the fields of the grant, in both encodings."""
    assert await call(**protected(issuer, request={"encoding": encoding}, **changes)) == {
        "number": 0
    }
    assert issuer.requests == [fields]


@pytest.mark.parametrize(
    "client",
    [
        {**OF_CLIENT, "authentication": "client_secret_jwt"},
        {**ID, "assertion": "my.own.assertion", "authentication": "private_key_jwt"},
    ],
)
async def test_a_client_may_show_an_assertion(
    issuer: Issuer, call: Caller, client: dict[str, Any]
) -> None:
    """Signed with its secret, or given; the secret itself stays here."""
    assert await call(**protected(issuer, client=client)) == {"number": 0}
    assert issuer.requests[0]["client_assertion_type"].endswith(":jwt-bearer")
    assert SECRET not in json.dumps(issuer.requests)


async def test_a_server_that_takes_names_and_secrets_as_they_are(
    issuer: Issuer, call: Caller
) -> None:
    """Many do not follow RFC 6749 there."""
    issuer.decodes = False
    client = {**OF_CLIENT, "authentication": "client_secret_basic"}

    assert await call(**protected(issuer, client=client)) == {"number": 0}
    assert len(issuer.requests) == 2


@pytest.mark.parametrize("authority", ["", "/", "/.well-known/openid-configuration"])
async def test_an_authority_says_where_its_tokens_are(
    web: HttpFiles, issuer: Issuer, call: Caller, authority: str
) -> None:
    """OpenID Connect's discovery, once for many calls."""
    for scopes in (["a"], ["b"]):
        found = protected(issuer, "oidc", authority=issuer.url + authority, scopes=scopes)
        assert await call(**found) is not None

    asked = [each.path for each in web.requests]
    assert asked.count("/t") == 2
    assert asked.count("/.well-known/openid-configuration") == 1


async def test_oauth2_may_be_discovered_too(issuer: Issuer, call: Caller) -> None:
    """Where the authority is a well-known document, as in the standard's first example."""
    authority = f"{issuer.url}/.well-known/openid-configuration"

    assert await call(**protected(issuer, authority=authority)) == {"number": 0}


@pytest.mark.parametrize(
    ("token", "path"),
    [("/t", "/t"), ("t", "/t"), ("/a/b", "/a/b")],
)
async def test_the_token_endpoint_is_below_the_authority(
    web: HttpFiles, issuer: Issuer, call: Caller, token: str, path: str
) -> None:
    """Whether or not it begins with a slash; or anywhere, where it is a whole address."""
    web.serve(f"/realms/x{path}", Reply(issuer.token))
    authority = f"{issuer.url}/realms/x/"

    assert await call(**protected(issuer, authority=authority, endpoints={"token": token}))
    assert await call(
        **protected(issuer, authority=authority, endpoints={"token": f"{issuer.url}/t"})
    )
    assert [each.path for each in web.requests if each.method == "POST"] == [
        f"/realms/x{path}", "/t",
    ]  # fmt: skip


async def test_a_token_is_used_until_shortly_before_its_end(issuer: Issuer, call: Caller) -> None:
    """By all who ask with the same policy, and by nobody else."""
    first = [await call(**protected(issuer)) for _ in range(3)]
    other = await call(**protected(issuer, scopes=["more"]))
    issuer.life = 0
    short = [await call(**protected(issuer, scopes=["short"])) for _ in range(2)]

    assert [each["number"] for each in (*first, other, *short)] == [0, 0, 0, 1, 2, 3]


async def test_calls_side_by_side_ask_once(issuer: Issuer, call: Caller) -> None:
    """The others wait for that."""
    heard = await asyncio.gather(*(call(**protected(issuer)) for _ in range(10)))

    assert [each["number"] for each in heard] == [0] * 10
    assert len(issuer.requests) == 1


async def test_a_refused_token_is_renewed_once(issuer: Issuer, call: Caller) -> None:
    """A server may have forgotten it."""
    await call(**protected(issuer))
    issuer.revoked |= set(issuer.tokens)

    renewed = await asyncio.gather(*(call(**protected(issuer)) for _ in range(3)))

    assert [each["number"] for each in renewed] == [1, 1, 1]
    assert len(issuer.requests) == 2


async def test_a_token_that_is_never_taken_is_a_fault(
    web: HttpFiles, issuer: Issuer, call: Caller
) -> None:
    """Of the server that does not take it; there is no endless trying."""
    web.serve("/resource", Reply(lambda _: Issuer().resource(_)))

    said = await call.fails("communication", 401, **protected(issuer))

    assert said.startswith("401 Unauthorized")
    assert len(issuer.requests) == 2


async def test_a_refresh_token_is_followed_by_the_next(issuer: Issuer, call: Caller) -> None:
    """Servers take each only once."""
    issuer.life = 0
    given: dict[str, Any] = {
        "grant": "refresh_token",
        "subject": {"token": "r0", "type": "refresh_token"},
    }

    for _ in range(3):
        await call(**protected(issuer, **given))

    assert [each["refresh_token"] for each in issuer.requests] == ["r0", "r1", "r2"]


async def test_wrong_credentials_are_a_matter_of_authentication(
    issuer: Issuer, call: Caller
) -> None:
    """The server's reason is told, and the secret is not, also where the server quotes it."""
    client = {"id": CLIENT, "secret": "my-wr0ng-secret"}

    said = await call.fails("authentication", 401, **protected(issuer, client=client))

    assert "127.0.0.1 answered 401: invalid_client: no {" in said
    assert "wr0ng" not in said


async def test_an_issuer_that_is_ill_is_no_matter_of_authentication(
    issuer: Issuer, call: Caller
) -> None:
    """Trying again may help."""
    issuer.status = 503

    said = await call.fails("communication", 503, **protected(issuer))

    assert said.startswith("No token: ")


@pytest.mark.parametrize("opaque", ["opaque", ""])
async def test_a_token_comes_from_an_issuer_that_is_named(
    issuer: Issuer, call: Caller, opaque: str
) -> None:
    """Where the policy names any; a token that does not say so is not taken then."""
    issuer.opaque = bool(opaque)

    said = await call.fails("authentication", 401, **protected(issuer, issuers=["https://other"]))

    assert "issue" in said
    if not opaque:
        assert await call(**protected(issuer, issuers=["https://other", issuer.url]))


async def test_an_authority_speaks_for_itself(issuer: Issuer, call: Caller) -> None:
    """A discovery document of somebody else is refused, unless the policy names them."""
    issuer.issuer = "https://id.example"

    await call.fails("authentication", 401, **protected(issuer, "oidc"))

    assert await call(**protected(issuer, "oidc", issuers=["https://id.example"]))


async def test_an_issuer_may_have_a_path(web: HttpFiles, issuer: Issuer, call: Caller) -> None:
    """Before the document's name, as in OpenID Connect, or behind it, as in RFC 8414; or be unsaid."""
    issuer.issuer = f"{issuer.url}/realms/shop"
    oidc = "/realms/shop/.well-known/openid-configuration"
    oauth = "/.well-known/oauth-authorization-server/realms/shop"
    for path in (oidc, oauth):
        web.serve(path, Reply(issuer.discovery))

    for path in ("/realms/shop", oidc, oauth):
        assert await call(**protected(issuer, "oidc", authority=issuer.url + path))
    issuer.issuer = ""
    assert await call(**protected(issuer, "oidc"))


@pytest.mark.parametrize(
    "changes",
    [
        {"grant": "authorization_code"},
        {"grant": "implicit"},
        {"grant": "password"},
        {"grant": EXCHANGE},
        {"grant": "refresh_token"},
        {"authority": None},
        {"client": {**OF_CLIENT, "authentication": "private_key_jwt"}},
        {"client": {**ID, "authentication": "client_secret_basic"}},
        {"client": {"secret": SECRET, "authentication": "client_secret_jwt"}},
        {"client": {**ID, "sceret": SECRET}},
        {"request": {"encoding": "application/xml"}},
        {"scopes": SECRET},
    ],
)
async def test_a_policy_that_gets_no_token_is_refused(
    web: HttpFiles, issuer: Issuer, call: Caller, changes: dict[str, Any]
) -> None:
    """Before anybody is asked; and what it holds is not repeated."""
    said = await call.fails("configuration", 400, **protected(issuer, **changes))

    assert said.startswith("Authentication not usable: ")
    assert SECRET not in said
    assert web.requests == []


async def test_a_token_is_shown_to_nobody(
    issuer: Issuer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in results, not in logs, and not to the place a redirect leads to."""
    caplog.set_level("DEBUG")
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"idp": policy(issuer)}), encoding="utf-8")
    endpoint = {"uri": f"{issuer.url}/resource", "authentication": {"oauth2": {"use": "idp"}}}

    async with caller(secrets=SecretSettings(file=file)) as call:
        response = await call(method="get", endpoint=endpoint, output="response", secrets=["idp"])

    assert response["content"] == {"number": 0}
    for secret in (*issuer.tokens, SECRET):
        assert secret not in json.dumps(response) + caplog.text


async def test_tokens_are_not_fetched_from_elsewhere(
    web: HttpFiles, issuer: Issuer, call: Caller
) -> None:
    """A token endpoint that redirects would give the secret away."""
    web.serve("/oauth2/token", redirect("/t", 307))

    await call.fails("authentication", 401, **protected(issuer))

    assert issuer.requests == []


async def test_addresses_of_issuers_are_checked_too(web: HttpFiles, issuer: Issuer) -> None:
    """An authority is one more way to reach something private."""
    settings = HttpSettings.model_validate({"rewrite": {"http://shop.example": web.address}})

    async with caller(settings) as call:
        for scheme in ("oauth2", "oidc"):
            given = protected(issuer, scheme)
            given["endpoint"]["uri"] = "http://shop.example/resource"
            await call.fails("authorization", 403, **given)

    assert web.requests == []


async def test_rewriting_holds_for_issuers_too(web: HttpFiles, issuer: Issuer) -> None:
    """Who issues keeps their name."""
    issuer.url = "https://id.example"
    rewrite = {"https://id.example": web.address}

    async with caller(HttpSettings.model_validate({"rewrite": rewrite})) as call:
        assert await call(**protected(issuer, "oidc")) == {"number": 0}
