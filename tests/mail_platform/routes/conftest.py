"""The API with the mail platform's routes, and a worker that runs its imports."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from everloom.api import create_app
from everloom.catalog import discover, open_providers
from everloom.settings import Settings
from everloom.temporal import TemporalService

QUEUES = ("standard", "background")


@pytest.fixture
def import_settings(tmp_path: Path) -> Settings:
    """Settings of a folder of the test's own, where private addresses may be fetched from."""
    apps = {"mail_platform": {"allow_private_addresses": True, "feed_folders": ["feeds"]}}
    return Settings.model_validate(
        {
            "folder": tmp_path,
            "catalog": {"packages": ["mail_platform"]},
            "api": {"body_limit": "20MiB"},
            "apps": apps,
        }
    )


@pytest.fixture
async def app(import_settings: Settings, temporal: TemporalService) -> AsyncIterator[FastAPI]:
    app = create_app(import_settings, temporal)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A caller of the API."""
    transport = httpx2.ASGITransport(app=app)
    base = "http://127.0.0.1/api/v1"
    async with httpx2.AsyncClient(transport=transport, base_url=base, timeout=60) as client:
        yield client


@pytest.fixture
async def worker(import_settings: Settings, temporal: TemporalService) -> AsyncIterator[None]:
    """Workers of all queues that imports use."""
    catalog = discover(import_settings)
    client = await temporal.get_client()
    async with AsyncExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(8))
        providers = await stack.enter_async_context(open_providers(catalog, import_settings))
        for queue in QUEUES:
            worker = Worker(
                client,
                task_queue=queue,
                workflows=[entry.cls for entry in catalog.workflows_on(queue)],
                activities=providers.activities_on(queue),
                activity_executor=threads,
                workflow_runner=UnsandboxedWorkflowRunner(),
            )
            await stack.enter_async_context(worker)
        yield
