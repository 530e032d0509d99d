"""Histories of tests: replayed at the end of each, and kept as files."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.testing import changed_shop, shop
from tests.testing.shop import Order, Steady

from everloom import testing
from everloom.settings import Settings
from everloom.temporal import HistoryFileInvalid, HistoryFileMissing


@pytest.fixture
async def recorded(
    everloom_worker: Any, everloom_temporal: testing.Temporal, tmp_path: Path
) -> testing.RecordedHistory:
    """A run's history as a file."""
    async with everloom_worker(Steady):
        run = await Steady.start(everloom_temporal, Order(id="a"), id="steady-a")
        await run.result()
        return await testing.record_history(everloom_temporal, run, tmp_path / "steady.json")


async def test_a_recorded_history_replays(recorded: testing.RecordedHistory) -> None:
    """The code that made it does the same again; a folder's histories are found by name."""
    (found,) = testing.recorded_histories(recorded.path.parent, Settings())

    await found.replay(Steady)

    assert found.name == "steady"
    assert json.loads(recorded.path.read_text(encoding="utf-8"))["events"]


async def test_a_changed_workflow_is_told_with_run_event_and_line(
    recorded: testing.RecordedHistory,
) -> None:
    """One step more, and the replay names what a person has to look at."""
    with pytest.raises(testing.ReplayBroken) as broken:
        await recorded.replay(changed_shop.Changed)

    said = str(broken.value)
    assert "`shop.steady` does not replay" in said
    assert "changed_shop.py:" in said
    assert "event 5 (activity-task-scheduled" in said
    assert "'steady-a'" in said


def test_what_is_no_history_is_refused(tmp_path: Path) -> None:
    """A missing file and one with something else in it."""
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")

    with pytest.raises(HistoryFileMissing):
        testing.RecordedHistory(tmp_path / "none.json").read()
    with pytest.raises(HistoryFileInvalid):
        testing.RecordedHistory(tmp_path / "other.json").read()
    assert testing.recorded_histories(tmp_path / "nowhere") == []


async def test_a_run_under_way_is_replayed_too(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """A run need not have ended for its history to be replayed."""
    async with everloom_worker(shop.PlaceOrder) as worker:
        await shop.PlaceOrder.start(everloom_temporal, Order(id="a", days=1))
        await testing.eventually(lambda: worker.calls("shop.reserve"))
