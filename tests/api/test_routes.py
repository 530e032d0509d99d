"""Health, runs, docs, and the routes that an application brings along."""

import re
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from tests.api.conftest import client_of
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.api import create_app
from everloom.engine import free_port
from everloom.temporal import TemporalService

WAITING = {"name": "Ada", "wait": True}


async def test_health_says_how_temporal_is(client: httpx2.AsyncClient, greeter: Greeter) -> None:
    """Alive, ready, and healthy with namespace and address."""
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready", "reasons": []}
    assert (await client.get("/api/v1/health")).json() == {
        "status": "healthy",
        "namespace": greeter.temporal.namespace,
        "address": greeter.address,
        "error": None,
    }


async def test_the_api_answers_while_temporal_is_away(greeter: Greeter) -> None:
    """It starts, is alive, says that it is not ready and why."""
    away = TemporalService(greeter.settings, address=f"127.0.0.1:{free_port()}")
    app = create_app(greeter.settings, away)
    async with app.router.lifespan_context(app), client_of(app) as client:
        alive = await client.get("/healthz")
        ready = await client.get("/readyz")
        health = await client.get("/api/v1/health")
    await away.close()

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["status"]) == (503, "not-ready")
    assert ready.json()["reasons"][0].count(away.address) == 1
    assert (health.status_code, health.json()["status"]) == (200, "unhealthy")


async def test_a_run_is_started_shown_listed_and_cancelled(client: httpx2.AsyncClient) -> None:
    """The whole life of a run, over HTTP; starting twice is safe."""
    run = f"api/{uuid4()}"
    body = {"workflow": "greet", "input": WAITING, "id": run}

    first = await client.post("/api/v1/runs", json=body)
    second = await client.post("/api/v1/runs", json=body)
    shown = await client.get(f"/api/v1/runs/{run}", params={"history": True})

    async def listed() -> bool:
        query = {"status": "running", "workflow": "greet", "query": f"WorkflowId = '{run}'"}
        found = (await client.get("/api/v1/runs", params=query)).json()["runs"]
        return [each["id"] for each in found] == [run]

    assert (first.status_code, first.json()["existed"]) == (201, False)
    assert (second.status_code, second.json()["existed"]) == (200, True)
    assert shown.json()["input"] == WAITING
    assert shown.json()["details"]["info"]["status"] == "running"
    assert shown.json()["history"]["events"]["workflow-execution-started"] == 1
    assert await eventually(listed)

    cancelled = await client.post(f"/api/v1/runs/{run}/cancel", json={"reason": "over"})

    async def ended() -> bool:
        answer = (await client.get(f"/api/v1/runs/{run}")).json()
        return answer["details"]["info"]["status"] == "cancelled"

    assert (cancelled.status_code, cancelled.json()) == (202, {"id": run})
    assert await eventually(ended)


async def test_an_input_that_does_not_fit_starts_nothing(client: httpx2.AsyncClient) -> None:
    """The same words as on the command line."""
    answer = await client.post("/api/v1/runs", json={"workflow": "greet", "input": {"name": ""}})

    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")
    assert answer.json()["problems"][0]["place"] == "name"


async def test_an_applications_routes_get_what_its_providers_make(
    client: httpx2.AsyncClient,
) -> None:
    """Settings, the way to Temporal, and the application's own things."""
    answer = await client.get("/api/v1/greeter/word")

    assert answer.json() == {"word": "Hello", "queue": "standard", "temporal": "healthy"}


async def test_the_docs_load_nothing_from_elsewhere(client: httpx2.AsyncClient) -> None:
    """They work without the internet: every script and style is ours."""
    page = await client.get("/docs")
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert len(linked) == 4
    assert all(each.startswith("/docs/") for each in linked)
    for each in linked:
        assert (await client.get(each)).status_code == 200, each
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text


async def test_the_document_describes_every_route(client: httpx2.AsyncClient, app: FastAPI) -> None:
    """Ours and the application's, each with the form of its problems."""
    document = (await client.get("/openapi.json")).json()

    assert {"/healthz", "/readyz", "/api/v1/runs", "/api/v1/greeter/word"} <= set(document["paths"])
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            assert described["summary"], (path, method)
            content = described["responses"]["default"]["content"]
            assert list(content) == ["application/problem+json"], (path, method)
            assert "422" not in described["responses"], (path, method)


async def test_why_a_run_waits_is_told(client: httpx2.AsyncClient) -> None:
    """One sentence with its evidence, also for an id with a slash."""
    run = f"api/{uuid4()}"
    await client.post("/api/v1/runs", json={"workflow": "greet", "input": WAITING, "id": run})

    async def told() -> dict[str, str]:
        return (await client.get(f"/api/v1/runs/{run}/why")).json()

    async def listens() -> bool:
        return (await told())["reason"] == "message"

    await eventually(listens)
    why = await told()
    missing = await client.get("/api/v1/runs/nobody/why")
    await client.post(f"/api/v1/runs/{run}/cancel", json={"reason": "done"})

    assert why["sentence"] == ("It waits for a message: signals `bring`, `go` or update `invite`.")
    assert missing.status_code == 404
