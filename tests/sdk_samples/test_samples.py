"""Projects written for the plain SDK run under `everloom worker` as they are."""

import importlib
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from temporalio.client import Client
from tests.worker.commands import everloom

from everloom.engine import Engine

HERE = Path(__file__).parent

SAMPLES = {
    "messages": ["english", True, "german", "Hallo Ada, says Grace"],
    "children": ["A", "B", "LATE"],
    "schedules": "kitchen is tidy",
    "encryption": ["you said xyzzy", False],
    "polling": ["ready after 3", "ready after 3"],
    "batches": [sum(number * number for number in range(20)), 3],
    "shared_state": [5, 10, 10],
    "sync_activities": ["Ada at True", "Grace at True"],
}
"""Each project, and what its starter finds."""

OWN_CONVERTER = "encryption"
"""The sample with a converter of its own; the others are served together, as one application."""


@asynccontextmanager
async def served(
    engine: Engine, folder: Path, samples: list[str], **temporal: str
) -> AsyncGenerator[str]:
    """The queue on which some samples are served. Their packages and the queue are all it takes."""
    queue = f"samples-{uuid4().hex[:8]}"
    settings = {
        "catalog": {"packages": samples, "paths": [str(HERE)]},
        "queues": {"bind": {queue: "scheduled"}, "default": queue},
        "temporal": temporal,
        "worker": {"health_port": 0},
    }
    (folder / "everloom.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    environment = {"TEMPORAL_ADDRESS": engine.address}
    async with everloom(folder, "worker", "--queue", queue, environment=environment) as worker:
        await worker.event("worker polls")
        yield queue


@pytest.fixture(scope="module")
async def queue(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str]:
    """Where all but one are served."""
    samples = [name for name in SAMPLES if name != OWN_CONVERTER]
    async with served(engine, tmp_path_factory.mktemp("samples"), samples) as queue:
        yield queue


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != OWN_CONVERTER])
async def test_a_plain_project_runs_as_it_is(
    engine: Engine, queue: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its package and its queue in the settings are enough; its client is the SDK's own."""
    assert await _start(engine, queue, monkeypatch, name) == SAMPLES[name]


async def test_a_plain_project_keeps_its_converter(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named in the settings, it takes the place of ours: here, one that encrypts."""
    converter = "encryption.codec:make_converter"
    async with served(engine, tmp_path, [OWN_CONVERTER], converter=converter) as queue:
        found = await _start(engine, queue, monkeypatch, OWN_CONVERTER)

    assert found == SAMPLES[OWN_CONVERTER]


async def _start(engine: Engine, queue: str, patch: pytest.MonkeyPatch, name: str) -> object:
    """What a sample's starter finds."""
    patch.setattr(sys, "path", [str(HERE), *sys.path])
    starter = importlib.import_module(f"{name}.starter")
    return await starter.main(await Client.connect(engine.address), queue, f"{name}-{uuid4()}")
