"""`everloom replay` tells which runs the code on disk would break, where, and what to do."""

import asyncio
import importlib
import json
import shutil
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from tests.cli.conftest import Outcome
from tests.orders import CALL, SOURCE, WAIT, Orders, make_orders
from tests.waiting import eventually

from everloom.catalog import discover
from everloom.engine import Engine, find_binary
from everloom.settings import Settings, child_environment
from everloom.temporal import RunInfo, TemporalService, list_runs, read_history, read_run
from everloom.worker.replaying import Break, replay_histories, run_subject

NAMESPACE = "replayed"
FIELD = '    item: str = "book"\n'


@pytest.fixture(scope="module")
async def orders(
    engine: Engine,
    temporal: TemporalService,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Orders]:
    """Three open orders, a shipped one and an open refund, in a namespace of their own."""
    client = await temporal.get_client()
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=NAMESPACE,
            workflow_execution_retention_period=Duration(seconds=86400),
        )
    )
    own = TemporalService(settings, address=engine.address, namespace=NAMESPACE)
    await eventually(lambda: _is_healthy(own))
    made = make_orders(tmp_path_factory.mktemp("orders"), own)
    async with made.worker():
        for number in range(3):
            await made.order(f"open-{number}")
        await made.release(await made.order("shipped"))
        await made.refund("refund")
    await made.listed(5)
    yield made
    await own.close()


@pytest.fixture(autouse=True)
def as_it_was_first(orders: Orders) -> None:
    """Every test begins with the code that the runs began with."""
    orders.write(SOURCE)


HeldAgainst = Callable[[str], Awaitable[tuple[Break | None, Path]]]


@pytest.fixture
def held_against(
    orders: Orders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HeldAgainst]:
    """Holds a run against the code on disk, in this process; gives the break and the file."""
    package = f"code_{uuid4().hex[:8]}"
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    async def hold(id: str) -> tuple[Break | None, Path]:
        file = Path(shutil.copy(orders.code, tmp_path / f"{package}.py"))
        importlib.invalidate_caches()
        queues = {"default": orders.queue, "bind": {orders.queue: "background"}}
        settings = Settings.model_validate(
            {"folder": tmp_path, "catalog": {"packages": (package,)}, "queues": queues}
        )
        run = (await read_run(orders.temporal, id)).info
        replaying = replay_histories(
            [run_subject(orders.temporal, run)], discover(settings), settings, namespace=NAMESPACE
        )
        (found,) = [each async for each in replaying]
        return found.broken, file

    yield hold
    sys.modules.pop(package, None)


async def replay(orders: Orders, *arguments: str, **environment: str) -> Outcome:
    """Type the command in the application's folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "everloom", "replay", *arguments),
        cwd=orders.folder,
        env=child_environment(**{**orders.environment, "COLUMNS": "80", **environment}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Outcome(process.returncode or 0, out.decode(), err.decode())


async def test_code_that_fits_ends_with_0(orders: Orders):
    """Every open and recent run of every type is replayed, those of the plain SDK too."""
    done = await replay(orders, "--json")

    assert done.code == 0, done.err
    assert done.document["fits"]
    assert done.document["workflows"] == [
        {"workflow": "order", "open": 3, "closed": 1, "broken": 0},
        {"workflow": "refund", "open": 1, "closed": 0, "broken": 0},
    ]


async def test_a_break_is_named_with_run_event_line_and_remedy(orders: Orders):
    """A person reads which runs break, at which event and line, and what to do."""
    orders.edit(WAIT, f"        await call(check)\n{WAIT}")

    done = await replay(orders)

    assert done.code == 1
    assert "order 3 1 4 break" in " ".join(done.out.split())
    place = f"orders/work.py:{orders.line('call(check)')}"
    assert f"{place}: The run went on with a timer, the code with activity `check`." in done.out
    assert "open-0 (run " in done.out
    assert ", open) at event 11 (timer-started)" in done.out
    assert 'workflow.patched("order-check")' in " ".join(done.out.split())
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("before", "after", "kind", "event", "line"),
    [
        pytest.param(
            'name="charge"', 'name="bill"', "nondeterminism", "activity-task-scheduled charge",
            "call(charge)", id="an activity is renamed",
        ),
        pytest.param(
            CALL, "", "nondeterminism", "activity-task-scheduled charge", "wait_condition",
            id="a step is taken away",
        ),
        pytest.param(
            WAIT, "        await workflow.wait_condition(lambda: self.released)\n",
            "nondeterminism", "timer-started", "wait_condition", id="a timer is taken away",
        ),
        pytest.param(
            WAIT, '        raise KeyError("lost")\n', "code-raises", "timer-started", "KeyError",
            id="the code raises",
        ),
        pytest.param(
            WAIT, '        if input.item == "book":\n            return "early"\n' + WAIT,
            "nondeterminism", "timer-started", 'return "early"', id="it comes back early",
        ),
        pytest.param(
            WAIT, f'        self.refuse()\n{WAIT}\n    def refuse(self) -> None:\n'
            '        from everloom.core import Conflict\n        raise Conflict("no")\n\n    async def rest(self) -> str:\n',
            "nondeterminism", "timer-started", "self.refuse()", id="it fails early",
        ),
        pytest.param(
            FIELD, "    item: int = 0\n    amount: int\n", "payload-unreadable", "",
            "class Ordering", id="the input cannot be read",
        ),
    ],
)  # fmt: skip
async def test_each_kind_of_break_is_told_apart(
    orders: Orders,
    held_against: HeldAgainst,
    before: str,
    after: str,
    kind: str,
    event: str,
    line: str,
):
    """Kind, event and line are right for what was edited."""
    orders.edit(before, after)

    broken, file = await held_against("open-0")

    assert broken is not None
    assert broken.kind == kind
    assert broken.event == event
    if kind != "payload-unreadable":
        assert broken.place == f"{file}:{orders.line(line)}"
    if kind == "nondeterminism":
        assert broken.reset_to is not None


async def test_a_patched_edit_fits(orders: Orders, held_against: HeldAgainst):
    """`workflow.patched` keeps the old way for runs that have begun."""
    orders.edit(
        WAIT, f'        if workflow.patched("checked"):\n            await call(check)\n{WAIT}'
    )

    broken, _ = await held_against("open-0")

    assert broken is None


async def test_a_removed_workflow_breaks_its_open_runs_only(orders: Orders):
    """Open runs of a type that the code has lost would wait for ever; closed ones are a note."""
    orders.edit('name="order"', 'name="ordering"')

    done = await replay(orders, "--json")

    assert done.code == 1
    lost = [each for each in done.document["runs"] if each["workflow"] == "order"]
    assert {each["broken"]["kind"] for each in lost if each["is_open"]} == {"workflow-unknown"}
    assert [each["broken"] for each in lost if not each["is_open"]] == [None]
    assert [each["note"] for each in lost if not each["is_open"]] == [
        "The code has no workflow `order` any more."
    ]


async def test_recorded_histories_are_replayed_without_temporal(orders: Orders, tmp_path: Path):
    """What was recorded once is held against the code in CI, where there is no Temporal."""
    kept = tmp_path / "histories"
    assert (await replay(orders, "--record", str(kept))).code == 0
    assert len(list(kept.rglob("*.json"))) == 5
    away = {"TEMPORAL_ADDRESS": "127.0.0.1:1"}

    assert (await replay(orders, "--from", str(kept), **away)).code == 0
    orders.edit(CALL, "        await call(check)\n")
    done = await replay(orders, "--from", str(kept), "--json", **away)

    assert done.code == 1
    broken = [each["workflow_id"] for each in done.document["runs"] if each["broken"]]
    assert sorted(broken) == ["open-0", "open-1", "open-2", "shipped"]


async def test_files_of_the_temporal_command_are_read(orders: Orders, tmp_path: Path):
    """What `temporal workflow show` writes is a history too, with the run's own id in it."""
    process = await asyncio.create_subprocess_exec(
        *(await find_binary(Settings()), "workflow", "show", "--workflow-id", "open-1"),
        *("--output", "json", "--address", orders.temporal.address, "--namespace", NAMESPACE),
        stdout=asyncio.subprocess.PIPE,
    )
    shown, _ = await process.communicate()
    (tmp_path / "any-name.json").write_bytes(shown)

    done = await replay(orders, "--from", str(tmp_path / "any-name.json"), "--json")

    assert done.code == 0, done.err
    assert [each["workflow_id"] for each in done.document["runs"]] == ["open-1"]


async def test_the_junit_report_is_read_as_ci_reads_it(orders: Orders, tmp_path: Path):
    """A suite a workflow, a case a run, a failure with message, type and place a break."""
    orders.edit('name="order"', 'name="ordering"')
    report = tmp_path / "reports" / "replay.xml"

    await replay(orders, "--junit", str(report))

    root = ET.parse(report).getroot()  # noqa: S314 - our own file
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "3", "0")
    suites: dict[str | None, Any] = {suite.get("name"): suite for suite in root}
    assert suites["refund"].get("failures") == "0"
    cases = {case.get("name", "").split(" ")[0]: case for case in suites["order"]}
    assert sorted(cases) == ["open-0", "open-1", "open-2", "shipped"]
    assert all(case.get("classname") == "order" for case in cases.values())
    assert all(float(case.get("time", "x")) >= 0 for case in cases.values())
    failure = cases["open-0"].find("failure")
    assert failure is not None
    assert failure.get("type") == "workflow-unknown"
    assert "no workflow `order`" in failure.get("message", "")
    assert cases["shipped"].find("skipped") is not None


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        pytest.param(("--from", "nowhere"), 2, "history-file-missing", id="no folder"),
        pytest.param(("--from", "everloom.yaml"), 2, "history-file-invalid", id="no history"),
        pytest.param(("--id", "nobody"), 2, "run-not-found", id="no run"),
        pytest.param(("--workflow", "ordr"), 2, "workflow-unknown", id="no workflow"),
        pytest.param(("--since", "soon"), 2, "duration-invalid", id="no duration"),
        pytest.param(("--from", "x", "--id", "y"), 2, "usage", id="both"),
        pytest.param(("--junit", "orders"), 2, "report-unwritable", id="no file to write"),
    ],
)
async def test_what_cannot_be_is_refused(
    orders: Orders, arguments: tuple[str, ...], code: int, error: str
):
    """Each mistake has its code, and no trace."""
    done = await replay(orders, *arguments, "--json")

    assert done.code == code
    assert json.loads(done.out)["error"]["code"] == error
    assert "Traceback" not in done.err


async def test_replaying_leaves_no_trace(orders: Orders):
    """Only reads: the runs have the events they had, and nobody polls their queue."""
    before = await _lengths(orders)

    await replay(orders)

    assert await _lengths(orders) == before


async def _lengths(orders: Orders) -> dict[str, int]:
    runs: list[RunInfo] = [each async for each in list_runs(orders.temporal)]
    return {run.id: len((await read_history(orders.temporal, run.id)).events) for run in runs}


async def _is_healthy(temporal: TemporalService) -> bool:
    return (await temporal.health()).status == "healthy"
