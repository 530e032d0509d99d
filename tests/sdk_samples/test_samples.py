"""Projects written for the plain SDK run under `everloom worker` as they are."""

import importlib
import sys
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

TEMPORAL = {"encryption": {"converter": "encryption.codec:make_converter"}}
"""What a project's settings say besides its package and its queue."""


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_plain_project_runs_as_it_is(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its package and its queue in the settings are enough; its client is the SDK's own."""
    queue = f"{name}-{uuid4().hex[:8]}"
    settings = {
        "catalog": {"packages": [name], "paths": [str(HERE)]},
        "queues": {"bind": {queue: "scheduled"}, "default": queue},
        "temporal": TEMPORAL.get(name, {}),
        "worker": {"health_port": 0},
    }
    (tmp_path / "everloom.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(HERE), *sys.path])
    starter = importlib.import_module(f"{name}.starter")
    client = await Client.connect(engine.address)

    environment = {"TEMPORAL_ADDRESS": engine.address}
    async with everloom(tmp_path, "worker", "--queue", queue, environment=environment) as worker:
        await worker.event("worker polls")
        found = await starter.main(client, queue, f"{name}-{uuid4()}")

    assert found == SAMPLES[name]
