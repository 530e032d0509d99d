"""The servers that answer the conformance cases are real, and do what the cases count on."""

from collections.abc import Iterator

import httpx2
import pytest

from .servers import Servers, all_servers
from .servers.tokens import SECRETS


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """All of them."""
    with all_servers() as started:
        yield started


@pytest.fixture
def web(servers: Servers) -> Iterator[httpx2.Client]:
    """A client of the HTTP server."""
    with httpx2.Client(base_url=servers.web) as client:
        yield client


def test_a_flaky_path_fails_as_often_as_it_says(web: httpx2.Client) -> None:
    """Calls are counted by path, so that cases do not meet."""
    answers = [web.get("/flaky/here/2").status_code for _ in range(3)]

    assert answers == [503, 503, 200]
    assert web.get("/flaky/there/1").json() == {"call": 1}


def test_a_digest_is_asked_for_and_checked(web: httpx2.Client) -> None:
    """A wrong password is no better than none."""
    right = web.get("/digest-auth/ada/countess", auth=httpx2.DigestAuth("ada", "countess"))
    wrong = web.get("/digest-auth/ada/countess", auth=httpx2.DigestAuth("ada", "duchess"))

    assert (right.status_code, wrong.status_code) == (200, 401)


def test_a_token_says_what_it_was_given_for(web: httpx2.Client) -> None:
    """And is given to clients only that can show who they are."""
    asked = {"grant_type": "client_credentials", "client_id": "loom", "scope": "a b"}
    refused = web.post("/oauth2/token", data={**asked, "client_secret": "wrong"})
    given = web.post("/oauth2/token", data={**asked, "client_secret": SECRETS["loom"]})
    token = given.json()["access_token"]

    claims = web.get("/claims", headers={"Authorization": f"Bearer {token}"}).json()

    assert refused.status_code == 401
    assert (claims["client"], claims["scope"]) == ("loom", "a b")


def test_the_mirror_shows_the_path_as_it_was_sent(web: httpx2.Client) -> None:
    """Encoded characters stay encoded."""
    assert web.get("/anything/a%20b%2Fc").json()["path"] == "/anything/a%20b%2Fc"
