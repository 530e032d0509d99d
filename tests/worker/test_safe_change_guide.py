"""The guide on safe change does what it says."""

import importlib
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.worker import Worker
from tests.guides import GUIDES, load_guide
from tests.waiting import eventually

from everloom.authoring import place_of
from everloom.catalog import Catalog, WorkflowEntry
from everloom.settings import Loaded, Settings, describe_settings
from everloom.temporal import TemporalService, WorkflowHistory, read_history
from everloom.worker.replaying import Replayed, Subject, replay_histories
from everloom.worker.sandbox import workflow_runner

TEXT = (GUIDES / "safe-change.md").read_text(encoding="utf-8")
PATCHED = '        if workflow.patched("check-first"):\n            await call(check, input)\n'


async def test_the_guides_patched_workflow_fits_runs_of_the_old_one(
    temporal: TemporalService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A run that began before the edit goes on with the patched code, and not without the patch."""
    guide = load_guide("safe-change", tmp_path, monkeypatch)
    history = await _history_of(guide.OrderBefore, temporal)

    fits = await _replayed(guide.Order, history)
    code = Path(guide.__file__).read_text(encoding="utf-8")
    assert PATCHED in code
    unpatched = tmp_path / "guide_unpatched.py"
    unpatched.write_text(code.replace(PATCHED, "        await call(check, input)\n"))
    breaks = await _replayed(_import("guide_unpatched").Order, history)

    assert fits.broken is None
    assert breaks.broken is not None
    said = "The run went on with a timer, the code with activity `shop.check`."
    assert breaks.broken.message == said
    assert said in TEXT


def test_the_guide_names_settings_and_kinds_that_are_there():
    """Every setting and every kind of break it names exists, and no kind is left out."""
    settings = {row.name for row in describe_settings(Loaded(Settings(), {}, None))}
    named = set(re.findall(r"`((?:worker|replay)\.[a-z_]+)", TEXT))
    kinds = set(re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE))

    assert named <= settings
    assert kinds == {
        "nondeterminism",
        "code-raises",
        "code-broken",
        "payload-unreadable",
        "workflow-unknown",
        "stands-still",
    }


async def _history_of(cls: type[Any], temporal: TemporalService) -> WorkflowHistory:
    client = await temporal.get_client()
    queue = f"guide-{uuid4().hex[:8]}"
    runner = workflow_runner(_catalog(cls))
    async with Worker(client, task_queue=queue, workflows=[cls], workflow_runner=runner):
        handle = await client.start_workflow(
            "shop.order", "books", id=str(uuid4()), task_queue=queue
        )

        async def waits() -> bool:
            last = (await read_history(temporal, handle.id)).events[-1]
            return last.HasField("timer_started_event_attributes")

        await eventually(waits)
    return await read_history(temporal, handle.id)


async def _replayed(cls: type[Any], history: WorkflowHistory) -> Replayed:
    async def read() -> WorkflowHistory:
        return history

    (done,) = [each async for each in replay_histories([Subject(read)], _catalog(cls), Settings())]
    return done


def _catalog(cls: type[Any]) -> Catalog:
    entry = WorkflowEntry(
        name="shop.order", queue="background", cls=cls, place=place_of(cls), summary=""
    )
    return Catalog(packages=(cls.__module__,), workflows=(entry,))


def _import(name: str) -> Any:
    importlib.invalidate_caches()
    return importlib.import_module(name)
