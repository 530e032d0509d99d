"""/imports: start, upload, follow, report, refused rows, cancel."""

import asyncio
import csv
import io
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.servers.http_files import File, Status, http_files
from tests.waiting import eventually

from everloom.objects import Objects, open_objects
from everloom.settings import Settings
from everloom.temporal import TemporalService

TABLE = (
    b"product_id,title,price,currency\n1,Lamp,19.99,EUR\n2,Chair,49.00,EUR\n3,Rug,not a price,EUR\n"
)
MIB = 1024**2


@pytest.fixture
def objects(import_settings: Settings) -> Objects:
    return open_objects(import_settings)


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "feed.csv").write_bytes(TABLE)
    return folder


@pytest.fixture
def id() -> str:
    return f"import-{uuid.uuid4().hex}"


async def ended(api: httpx2.AsyncClient, id: str) -> dict[str, Any]:
    """The import, once it has ended."""

    async def look() -> dict[str, Any]:
        view = (await api.get(f"/imports/{id}")).json()
        assert view["closed"] is not None, view
        return view

    return await eventually(look, within=30)


@pytest.mark.usefixtures("worker", "feeds")
async def test_import_from_start_to_refused_rows(api: httpx2.AsyncClient, id: str) -> None:
    """An import is started, followed, reported, and its refused rows come out as CSV."""
    body = {"id": id, "source": {"file": "feed.csv"}, "preset": "generic", "feed": "lamps"}

    started = await api.post("/imports", json=body)
    view = await ended(api, id)
    report = (await api.get(f"/imports/{id}/report")).json()
    refused = await api.get(f"/imports/{id}/refused")

    assert (started.status_code, started.json()) == (201, {"id": id, "existed": False})
    assert started.headers["location"] == f"imports/{id}"
    assert view["status"] == "completed"
    assert view["report"] == report
    assert report["import_id"] == id
    assert (report["rows"], report["counts"]["created"], report["counts"]["refused"]) == (3, 2, 1)
    assert refused.headers["content-type"] == "text/csv; charset=utf-8"
    assert refused.headers["content-disposition"] == f'attachment; filename="{id}-refused.csv"'
    rows = list(csv.DictReader(io.StringIO(refused.text)))
    assert [(row["line"], row["value"]) for row in rows] == [("4", "not a price")]


@pytest.mark.usefixtures("worker", "feeds")
async def test_products_are_found_after_an_import(api: httpx2.AsyncClient, id: str) -> None:
    """What an import brought is listed, searched page by page and shown."""
    body = {"id": id, "source": {"file": "feed.csv"}, "preset": "generic", "feed": "lamps"}
    await api.post("/imports", json=body)
    await ended(api, id)

    first = (await api.get("/products", params={"feed": "lamps", "limit": 1})).json()
    rest = (await api.get("/products", params={"limit": 5, "after": first["after"]})).json()
    found = (await api.get("/products", params={"text": "chair"})).json()
    lamp = (await api.get("/products/lamps/1")).json()
    missing = await api.get("/products/lamps/99")

    assert [product["title"] for product in first["products"]] == ["Lamp"]
    assert [product["title"] for product in rest["products"]] == ["Chair"]
    assert [product["product_id"] for product in found["products"]] == ["2"]
    assert (lamp["title"], lamp["price"], lamp["active"]) == ("Lamp", "19.99", True)
    assert (missing.status_code, missing.json()["code"]) == (404, "product-not-found")


@pytest.mark.usefixtures("worker", "feeds")
async def test_second_start_with_one_id_finds_the_first(api: httpx2.AsyncClient, id: str) -> None:
    """Starting twice with one id is safe: one import runs, and 200 says that it was there."""
    body = {"id": id, "source": {"file": "feed.csv"}, "preset": "generic"}

    answers = [await api.post("/imports", json=body) for _ in range(2)]
    await ended(api, id)
    answers.append(await api.post("/imports", json=body))

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [answer.json()["existed"] for answer in answers] == [False, True, True]


@pytest.mark.usefixtures("worker")
async def test_uploaded_form_is_imported(
    api: httpx2.AsyncClient, objects: Objects, id: str
) -> None:
    """A file of a form is uploaded and imported; after that, also sent again, it is not kept."""
    options = json.dumps({"id": id, "feed": "form", "preset": "generic"})

    async def send() -> httpx2.Response:
        files = {"file": ("../My feed.csv", TABLE, "text/csv")}
        return await api.post("/imports/files", data={"options": options}, files=files)

    first, second = await send(), await send()
    view = await ended(api, id)

    assert (first.status_code, second.status_code) == (201, 200)
    assert view["report"]["counts"]["created"] == 2
    assert objects.list("uploads") == []


@pytest.mark.usefixtures("worker")
async def test_streamed_upload_is_imported_later(api: httpx2.AsyncClient, id: str) -> None:
    """A body sent in pieces becomes an object, which an import names as its source."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(TABLE), 7):
            yield TABLE[start : start + 7]

    uploaded = await api.post("/imports/uploads", params={"name": "a.csv"}, content=pieces())
    source = {"object": uploaded.json()["object"]}
    await api.post("/imports", json={"id": id, "source": source, "preset": "generic"})

    assert uploaded.status_code == 201
    assert uploaded.json()["size"] == len(TABLE)
    assert (await ended(api, id))["status"] == "completed"


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"dry_run": True}, id="dry-run"),
        pytest.param({"limits": {"rows": 1}}, id="first-rows"),
        pytest.param({"columns": {"title": "no such column"}}, id="failed"),
    ],
)
async def test_upload_is_kept_until_it_is_imported(
    api: httpx2.AsyncClient, objects: Objects, id: str, changes: dict[str, Any]
) -> None:
    """After a trial or a failure the same upload is imported in earnest; then it is gone."""
    uploaded = await api.post("/imports/uploads", params={"name": "a.csv"}, content=TABLE)
    body = {"id": id, "source": {"object": uploaded.json()["object"]}, "preset": "generic"}
    await api.post("/imports", json={**body, **changes})
    await ended(api, id)
    kept = len(objects.list("uploads"))
    await api.post("/imports", json={**body, "id": f"{id}-again"})

    view = await ended(api, f"{id}-again")

    assert (kept, len(objects.list("uploads"))) == (1, 0)
    assert view["report"]["rows"] == 3


async def test_upload_of_an_id_that_is_not_an_imports_is_not_kept(
    api: httpx2.AsyncClient, objects: Objects, temporal: TemporalService, id: str
) -> None:
    """When nothing can start, nothing stays behind."""
    client = await temporal.get_client()
    other = await client.start_workflow("greeting", id=id, task_queue="nobody")

    answer = await api.post(
        "/imports/files",
        data={"options": json.dumps({"id": id})},
        files={"file": ("feed.csv", TABLE, "text/csv")},
    )

    assert answer.json()["code"] == "import-not-found"
    assert objects.list() == []
    await other.terminate()


async def test_upload_over_the_limit_leaves_nothing(
    api: httpx2.AsyncClient, objects: Objects, import_settings: Settings
) -> None:
    """A body larger than `api.body_limit` is refused on its way, and no half of it is kept."""
    blocks = int(import_settings.api.body_limit) // MIB + 1

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(blocks):
            yield bytes(MIB)

    answer = await api.post("/imports/uploads", params={"name": "a.csv"}, content=endless())

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert objects.list("uploads") == []


@pytest.mark.usefixtures("worker")
async def test_failed_import_says_why(api: httpx2.AsyncClient, id: str) -> None:
    """An import whose file is missing ends as failed, with the code and the reason."""
    async with http_files() as server:
        url = server.serve("/feed.csv", Status(404))
        await api.post("/imports", json={"id": id, "source": {"url": url}})
        view = await ended(api, id)

    report = (await api.get(f"/imports/{id}/report")).json()
    assert (view["status"], view["error_code"]) == ("failed", "file-not-found")
    assert "answered 404" in view["error"]
    assert report["status"] == "failed"
    assert "answered 404" in report["error"]


@pytest.mark.usefixtures("worker", "feeds")
async def test_import_that_the_database_refuses_is_reported_all_the_same(
    api: httpx2.AsyncClient, objects: Objects, id: str, tmp_path: Path
) -> None:
    """The report names the reason, the refused rows come out, and nothing else stays behind."""
    (tmp_path / ".everloom/mail_platform.db").write_bytes(b"This is no database. " * 1000)
    await api.post("/imports", json={"id": id, "source": {"file": "feed.csv"}})

    view = await ended(api, id)
    refused = await api.get(f"/imports/{id}/refused")

    assert view["status"] == view["report"]["status"] == "failed"
    assert "refuses: file is not a database" in view["report"]["error"]
    assert "not a price" in refused.text
    assert [info.key for info in objects.list()] == [view["report"]["refused_key"]]


@pytest.mark.usefixtures("worker")
async def test_running_import_shows_progress_and_is_cancelled(
    api: httpx2.AsyncClient, id: str
) -> None:
    """A running import tells its stage, has no report yet, and stops when it is cancelled."""
    async with http_files() as server:
        silent = File(TABLE, hold_after=10)
        url = server.serve("/feed.csv", silent)
        await api.post("/imports", json={"id": id, "source": {"url": url}})
        await eventually(lambda: server.requests)

        view = (await api.get(f"/imports/{id}")).json()
        report = await api.get(f"/imports/{id}/report")
        cancelled = await api.post(f"/imports/{id}/cancel", json={"reason": "wrong file"})
        end = await ended(api, id)
        silent.release.set()

    assert (view["status"], view["progress"]["stage"]) == ("running", "downloading")
    assert (report.status_code, report.json()["code"]) == (409, "import-running")
    assert cancelled.status_code == 202
    assert end["status"] == "cancelled"


@pytest.mark.usefixtures("feeds")
async def test_status_is_shown_without_any_worker(api: httpx2.AsyncClient, id: str) -> None:
    """While no worker is there, the status is still answered, without progress."""
    await api.post("/imports", json={"id": id, "source": {"file": "feed.csv"}})

    view = (await asyncio.wait_for(api.get(f"/imports/{id}"), 30)).json()

    assert (view["status"], view["progress"]) == ("running", None)
    await api.post(f"/runs/{id}/cancel", json={})


async def test_imports_are_listed(api: httpx2.AsyncClient, id: str) -> None:
    """The list shows imports, the youngest first, and no runs of other workflows."""
    await api.post("/imports", json={"id": id, "source": {"file": "feed.csv"}})

    async def listed() -> bool:
        found = (await api.get("/imports", params={"limit": 1})).json()["imports"]
        return [view["id"] for view in found] == [id]

    await eventually(listed)
    await api.post(f"/runs/{id}/cancel", json={})


SOURCE = {"file": "feed.csv"}
RESUME = {"import_id": "x", "started_at": "2026-11-21T00:00:00Z"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param({}, "body.source", id="no-source"),
        pytest.param({"source": SOURCE, "fead": "x"}, "body.fead", id="misspelt"),
        pytest.param({"source": SOURCE, "id": "../x"}, "body.id", id="bad-id"),
        pytest.param({"source": SOURCE, "feed": "Ä b"}, "body.feed", id="bad-feed"),
        pytest.param({"source": SOURCE, "resume": RESUME}, "body", id="resume"),
    ],
)
async def test_bad_requests_start_nothing(
    api: httpx2.AsyncClient, body: dict[str, Any], place: str
) -> None:
    """What does not fit is refused with its place."""
    answer = await api.post("/imports", json=body)

    assert answer.status_code == 422
    assert place in [problem["place"] for problem in answer.json()["problems"]]


@pytest.mark.parametrize("options", ["no json", "[]", '{"fead": "x"}'])
async def test_bad_options_keep_no_file(
    api: httpx2.AsyncClient, objects: Objects, options: str
) -> None:
    """Options that do not fit are refused before the file is kept."""
    files = {"file": ("feed.csv", TABLE, "text/csv")}

    answer = await api.post("/imports/files", data={"options": options}, files=files)

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
    assert objects.list() == []


@pytest.mark.parametrize("path", ["", "/report", "/refused"])
async def test_unknown_import(api: httpx2.AsyncClient, path: str) -> None:
    """An id that nobody gave is not found."""
    answer = await api.get(f"/imports/not-there{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "import-not-found")


async def test_run_of_another_workflow_is_no_import(
    api: httpx2.AsyncClient, temporal: TemporalService, id: str
) -> None:
    """Ids of other workflows' runs are not shown as imports, nor taken for one."""
    client = await temporal.get_client()
    other = await client.start_workflow("something-else", id=id, task_queue=f"nobody-{id}")

    shown = await api.get(f"/imports/{id}")
    started = await api.post("/imports", json={"id": id, "source": {"file": "feed.csv"}})

    assert (shown.status_code, started.status_code) == (404, 404)
    await other.terminate()
