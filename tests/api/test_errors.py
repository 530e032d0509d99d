"""Whatever goes wrong is one problem document with a stable code."""

import logging
from collections.abc import AsyncIterator

import httpx2
import pytest
from tests.api.conftest import LIMIT

from everloom.api.problems import MEDIA_TYPE


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("GET", "/nowhere", 404, "route-unknown", id="path"),
        pytest.param("DELETE", "/healthz", 405, "method-not-allowed", id="method"),
        pytest.param("GET", "/api/v1/runs?limit=many", 422, "request-invalid", id="parameter"),
        pytest.param("GET", "/api/v1/runs?status=odd", 422, "status-unknown", id="ours"),
        pytest.param("GET", "/api/v1/runs/nobody", 404, "run-not-found", id="run"),
        pytest.param("GET", "/api/v1/greeter/closed", 422, "door-closed", id="application"),
        pytest.param("GET", "/api/v1/greeter/away", 503, "unavailable", id="away"),
        pytest.param("GET", "/api/v1/greeter/crash", 500, "request-failed", id="unforeseen"),
        pytest.param("GET", "/docs/../../secret", 404, "route-unknown", id="outside"),
        pytest.param("GET", "/docs/secret.js", 404, "route-unknown", id="docs"),
    ],
)
async def test_every_failure_is_a_problem_document(
    client: httpx2.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    """The status from one table, the code for programs, words for people, the request's id."""
    answer = await client.request(method, path)

    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert problem["code"] == code
    assert problem["type"] == f"urn:everloom:error:{code}"
    assert problem["detail"].endswith((".", "?"))
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_crash_tells_nothing_but_the_requests_id(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the trace, under that id; the answer has none of it."""
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/api/v1/greeter/crash", headers={"X-Request-ID": "me-1"})

    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert "me-1" in answer.json()["hint"]
    assert "secret detail" in caplog.text
    assert "me-1" in caplog.text


async def test_a_body_that_does_not_fit_names_its_fields(client: httpx2.AsyncClient) -> None:
    """All of them at once."""
    answer = await client.post("/api/v1/runs", json={"wrkflow": "greet", "start_delay": "soon"})

    places = {problem["place"] for problem in answer.json()["problems"]}
    assert answer.status_code == 422
    assert places == {"body.workflow", "body.wrkflow", "body.start_delay"}


async def test_a_body_that_is_not_json_is_refused(client: httpx2.AsyncClient) -> None:
    """With the place where it stops being JSON."""
    answer = await client.post(
        "/api/v1/runs", content=b"{", headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_something_that_is_away_says_when_to_come_back(client: httpx2.AsyncClient) -> None:
    """Clients need not guess."""
    answer = await client.get("/api/v1/greeter/away")

    assert int(answer.headers["retry-after"]) > 0


async def test_a_body_that_says_it_is_too_large_is_refused_unread(
    client: httpx2.AsyncClient,
) -> None:
    """Before a route sees it."""
    answer = await client.post("/api/v1/greeter/upload", files={"file": b"x" * (LIMIT + 1)})

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert "api.body_limit" in answer.json()["hint"]


async def test_a_body_that_does_not_say_how_large_it_is_is_counted(
    client: httpx2.AsyncClient,
) -> None:
    """A stream has no length, and no way around the limit."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LIMIT):
            yield b"x" * 1024

    answer = await client.post(
        "/api/v1/runs", content=endless(), headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_a_body_within_the_limit_is_taken(client: httpx2.AsyncClient) -> None:
    """The limit refuses nothing else."""
    answer = await client.post("/api/v1/greeter/upload", files={"file": b"x" * (LIMIT // 2)})

    assert answer.json() == {"size": LIMIT // 2}
