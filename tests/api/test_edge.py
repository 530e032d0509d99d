"""What holds for every request: its id, its host, its origin, safe headers."""

import httpx2
import pytest
from fastapi import FastAPI
from tests.api.conftest import client_of

from everloom.api.edge import known_hosts
from everloom.settings import ApiSettings


async def test_a_request_keeps_the_id_it_came_with(client: httpx2.AsyncClient) -> None:
    """So that one request can be followed through several programs."""
    answer = await client.get("/healthz", headers={"X-Request-ID": "abc.1-2_3"})

    assert answer.headers["x-request-id"] == "abc.1-2_3"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "a\tb"])
async def test_an_id_that_could_do_harm_is_replaced(client: httpx2.AsyncClient, given: str) -> None:
    """It is written into logs and answers."""
    answer = await client.get("/healthz", headers={"X-Request-ID": given})

    assert answer.headers["x-request-id"] not in {"", given}


async def test_every_answer_has_safe_headers(client: httpx2.AsyncClient) -> None:
    """No sniffing, no framing, no caching of data, no content from elsewhere."""
    answer = await client.get("/api/v1/health")

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_foreign_name_for_this_server_is_refused(app: FastAPI) -> None:
    """A name that a web page made to resolve to loopback gets nothing."""
    async with client_of(app, Host="evil.example:8000") as client:
        answer = await client.get("/api/v1/runs")

    assert (answer.status_code, answer.json()["code"]) == (421, "host-refused")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
async def test_loopbacks_own_names_are_taken(app: FastAPI, host: str) -> None:
    """However a person writes them."""
    async with client_of(app, Host=host) as client:
        assert (await client.get("/healthz")).status_code == 200


async def test_a_page_of_another_site_changes_nothing(client: httpx2.AsyncClient) -> None:
    """A form on any page could post here otherwise: there is no sign-in yet."""
    foreign = {"Origin": "https://evil.example"}
    own = {"Origin": "http://127.0.0.1:8000"}

    refused = await client.post("/api/v1/greeter/upload", files={"file": b"x"}, headers=foreign)
    taken = await client.post("/api/v1/greeter/upload", files={"file": b"x"}, headers=own)

    assert (refused.status_code, refused.json()["code"]) == (403, "origin-refused")
    assert taken.status_code == 200


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        pytest.param(ApiSettings(), {"localhost", "127.0.0.1", "::1"}, id="loopback"),
        pytest.param(ApiSettings(host="0.0.0.0"), None, id="network"),
        pytest.param(
            ApiSettings(host="0.0.0.0", hosts=("Shop.example",)),
            {"shop.example", "localhost", "127.0.0.1", "::1"},
            id="named",
        ),
    ],
)
def test_the_names_of_the_server_follow_its_settings(
    settings: ApiSettings, hosts: set[str] | None
) -> None:
    """Loopback is strict by itself; the network is strict when names are given."""
    assert known_hosts(settings) == hosts
