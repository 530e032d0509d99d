"""Histories are held against code: bounded, and with the line where the two part."""

import importlib
import shutil
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from weakref import finalize

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Worker
from tests.waiting import eventually

from everloom.catalog import Catalog, discover
from everloom.engine import Engine
from everloom.settings import CatalogSettings, Settings
from everloom.temporal import (
    HistoryFileInvalid,
    TemporalService,
    read_history,
    read_history_file,
    write_history_file,
)
from everloom.worker.messages import Rehearse, ServedWorkflow
from everloom.worker.rehearsing import rehearse, touched
from everloom.worker.replaying import Break, Subject, file_subject, replay_histories
from everloom.worker.sandbox import workflow_runner
from everloom.worker.touched import served_workflows

FAN = '''
"""Many activities at once."""
import asyncio
from datetime import timedelta
from temporalio import activity, workflow

@activity.defn(name="step")
async def step(number: int) -> int:
    """One step."""
    return number

async def one(number: int) -> int:
    """One step, in a function of its own."""
    return await workflow.execute_activity(
        step, number, start_to_close_timeout=timedelta(seconds=30)
    )

@workflow.defn(name="fan")
class Fan:
    """A fan."""

    @workflow.run
    async def run(self, count: int) -> int:
        """All steps, then a wait."""
        got = await asyncio.gather(*(one(number) for number in range(count)))
        await workflow.sleep(timedelta(hours=1))
        return sum(got)
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose packages can be imported, and are forgotten after the test."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if name.startswith("code_"):
            del sys.modules[name]


def load(folder: Path, source: str) -> tuple[Settings, Catalog]:
    """A module of code, found as an application's."""
    name = f"code_{uuid4().hex[:8]}"
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    importlib.invalidate_caches()
    settings = Settings(folder=folder, catalog=CatalogSettings(packages=(name,)))
    return settings, discover(settings)


async def test_many_histories_are_never_all_in_memory(folder: Path, temporal: TemporalService):
    """A history is read when its turn comes and let go when it is done."""
    history = await _fan_history(folder, temporal, count=5)
    file = write_history_file(folder, history)
    alive = most = 0

    def gone() -> None:
        nonlocal alive
        alive -= 1

    async def read() -> WorkflowHistory:
        nonlocal alive, most
        found = WorkflowHistory(str(uuid4()), read_history_file(file).events)
        finalize(found, gone)
        alive += 1
        most = max(most, alive)
        return found

    settings, catalog = load(folder, FAN)
    done = [
        each async for each in replay_histories([Subject(read)] * 150, catalog, settings, at_once=3)
    ]

    assert len(done) == 150
    assert all(each.broken is None for each in done)
    assert most <= 9, "the one of each lane, and those that it has just let go"


async def test_a_large_history_is_read_whole_and_parted_at_its_line(
    folder: Path, temporal: TemporalService
):
    """A thousand events come in several pages; the line of a step in a task of its own is found."""
    history = await _fan_history(folder, temporal, count=350)
    assert len(history.events) > 1050
    assert [event.event_id for event in history.events] == list(range(1, len(history.events) + 1))

    settings, catalog = load(folder, FAN)
    fits = [each async for each in replay_histories([_subject(history)], catalog, settings)]
    settings, catalog = load(
        folder, FAN.replace('@activity.defn(name="step")', '@activity.defn(name="stride")')
    )
    breaks = [each async for each in replay_histories([_subject(history)], catalog, settings)]

    assert fits[0].broken is None
    broken = breaks[0].broken
    assert broken is not None
    assert broken.event == "activity-task-scheduled step"
    assert (
        broken.message == "The run went on with activity `step`, the code with activity `stride`."
    )
    line = FAN.splitlines().index("    return await workflow.execute_activity(") + 1
    assert broken.place.endswith(f".py:{line}")


async def test_code_that_stands_still_is_told_with_its_line(
    folder: Path, temporal: TemporalService
):
    """A loop without end ends the replay of its run only."""
    history = await _fan_history(folder, temporal, count=1)
    wait = "        await workflow.sleep(timedelta(hours=1))\n"
    settings, catalog = load(folder, FAN.replace(wait, "        while True:\n            pass\n"))

    (done,) = [
        each
        async for each in replay_histories(
            [_subject(history)], catalog, settings, attempts=1, limit=timedelta(seconds=20)
        )
    ]

    assert done.broken is not None
    assert done.broken.kind == "stands-still"
    assert done.broken.event == "timer-started"
    assert "code_" in done.broken.place


async def test_a_history_survives_its_file(folder: Path, temporal: TemporalService):
    """What is written is read back event for event, whatever the run was called."""
    history = await _fan_history(folder, temporal, count=1)
    odd = WorkflowHistory("käse/../../:*?", history.events)

    file = write_history_file(folder, odd)

    assert file.is_relative_to(folder / "fan")
    assert file.parent == folder / "fan"
    assert list(read_history_file(file).events) == list(history.events)


async def test_a_history_with_a_hole_is_refused(folder: Path, temporal: TemporalService):
    """A damaged file says nothing about the code."""
    history = await _fan_history(folder, temporal, count=1)
    torn = WorkflowHistory("torn", [*history.events[:3], *history.events[4:]])

    with pytest.raises(HistoryFileInvalid, match="event 4 is missing"):
        read_history_file(write_history_file(folder, torn))


async def test_a_reset_run_is_kept_beside_the_one_it_was(folder: Path, temporal: TemporalService):
    """Its history still has the first run's id; the two are two files."""
    history = await _fan_history(folder, temporal, count=1)
    settings, catalog = load(folder, FAN)
    kept: list[Path] = []

    def keep(seen: WorkflowHistory, run_id: str) -> None:
        kept.append(write_history_file(folder / "kept", seen, run_id))

    subjects = [_subject(history), Subject(_subject(history).read, "the-second-run")]
    done = [each async for each in replay_histories(subjects, catalog, settings, on_history=keep)]

    assert {each.run_id for each in done} == {history.run_id, "the-second-run"}
    assert len(set(kept)) == 2


async def test_encrypted_histories_are_replayed_with_their_key_only(
    folder: Path, engine: Engine, temporal: TemporalService
):
    """What is recorded stays encrypted; without its key the break says which one is missing."""
    key = b64encode(bytes(range(32))).decode()
    payloads = {"keys": {"spring": key}, "encrypt_with": "spring"}
    locked = Settings.model_validate({"folder": str(folder), "payloads": payloads})
    service = TemporalService(locked, address=engine.address, namespace=engine.namespace)
    history = await _fan_history(folder, service, count=12345, steps=1)
    await service.close()
    file = write_history_file(folder, history)
    assert b64encode(b"12345").decode() not in file.read_text()

    _, catalog = load(folder, FAN.replace("range(count)", "range(1)"))
    with_key = [each async for each in replay_histories([file_subject(file)], catalog, locked)]
    without = [
        each
        async for each in replay_histories(
            [file_subject(file)], catalog, Settings(folder=folder), namespace=temporal.namespace
        )
    ]

    assert with_key[0].broken is None
    broken = without[0].broken
    assert broken is not None
    assert broken.kind == "payload-unreadable"
    assert "spring" in broken.message
    assert key not in broken.message + broken.detail


async def test_payloads_in_the_object_store_are_read_for_a_replay(
    folder: Path, engine: Engine, temporal: TemporalService
):
    """A history refers to them, in a file too; where the store has lost them, the break says so."""
    store = {"store": {"objects": str(folder / "store")}, "payloads": {"threshold": 1}}
    storing = Settings.model_validate({"folder": str(folder), **store})
    service = TemporalService(storing, address=engine.address, namespace=engine.namespace)
    history = await _fan_history(folder, service, count=12345, steps=1)
    await service.close()
    file = write_history_file(folder / "kept", history)
    assert b64encode(b"12345").decode() not in file.read_text()
    _, catalog = load(folder, FAN.replace("range(count)", "range(1)"))

    async def replayed() -> Break | None:
        replaying = replay_histories(
            [file_subject(file)], catalog, storing, namespace=temporal.namespace
        )
        (found,) = [each async for each in replaying]
        return found.broken

    assert await replayed() is None
    shutil.rmtree(folder / "store")
    broken = await replayed()

    assert broken is not None
    assert broken.kind == "payload-unreadable"
    assert "store has no object 'payloads/default/" in broken.message
    assert "object store" in broken.hint


async def test_temporal_away_is_a_note_and_no_obstacle(folder: Path):
    """A reload goes on when the open runs cannot be asked for."""
    settings, catalog = load(folder, FAN)
    settings = settings.model_copy(
        update={
            "replay": settings.replay.model_copy(
                update={"reload_within": timedelta(milliseconds=300)}
            )
        }
    )
    away = TemporalService(settings, address="127.0.0.1:1")
    asked = Rehearse(served={"fan": ServedWorkflow(code="old", file="fan.py")}, holds=True)

    found = await rehearse(asked, {}, catalog=catalog, settings=settings, temporal=away)

    assert found.broken == 0
    assert found.note.startswith("The open runs were not replayed: ")
    await away.close()


def test_a_workflow_is_touched_by_all_that_it_imports(folder: Path):
    """Directly or not, by name, by module or relatively; what it does not import does not count."""
    package = folder / "code_shop"
    package.mkdir()
    sources = {
        "__init__": "",
        "prices": "PRICE = 1\n",
        "steps": "from . import prices\nNAME = str(prices.PRICE)\n",
        "aside": "WORD = 1\n",
        "flows": (
            "from temporalio import workflow\n"
            "from code_shop.steps import NAME\n"
            "@workflow.defn(name='shop')\n"
            "class Shop:\n"
            "    @workflow.run\n"
            "    async def run(self) -> str:\n"
            "        return NAME\n"
        ),
    }
    for name, source in sources.items():
        (package / f"{name}.py").write_text(source)
    settings = Settings(folder=folder, catalog=CatalogSettings(packages=("code_shop",)))
    catalog = discover(settings)

    def served(**changed: str) -> dict[str, ServedWorkflow]:
        code = {
            "code_shop" if name == "__init__" else f"code_shop.{name}": text.encode()
            for name, text in {**sources, **changed}.items()
        }
        return served_workflows(catalog, code)

    first = served()
    assert touched(first, served()) == ()
    assert touched(first, served(aside="WORD = 2\n")) == ()
    assert touched(first, served(prices="PRICE = 2\n")) == ("shop",)
    assert touched(first, served(flows=sources["flows"] + "\n")) == ("shop",)
    assert touched(first, {}) == ("shop",)


def _subject(history: WorkflowHistory) -> Subject:
    async def read() -> WorkflowHistory:
        return history

    return Subject(read)


async def _fan_history(
    folder: Path, temporal: TemporalService, *, count: int, steps: int | None = None
) -> WorkflowHistory:
    """The history of a real run that has done its steps and waits."""
    _, catalog = load(folder, FAN.replace("range(count)", f"range({steps or count})"))
    client = await temporal.get_client()
    queue = f"fan-{uuid4().hex[:8]}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[entry.cls for entry in catalog.workflows],
        activities=[entry.function for entry in catalog.activities],
        workflow_runner=workflow_runner(catalog),
    ):
        handle = await client.start_workflow("fan", count, id=str(uuid4()), task_queue=queue)

        async def waits() -> bool:
            last = (await read_history(temporal, handle.id)).events[-1]
            return last.HasField("timer_started_event_attributes")

        await eventually(waits, within=60)
    return await read_history(temporal, handle.id)
