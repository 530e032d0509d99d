"""`everloom run`, `runs`, `stats`, `host` and `hosts` with a project, served by a real host."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from tests.cli.projects.conftest import ORDER, QUICK, Shop
from tests.waiting import eventually

CALLS = """
document: {dsl: 1.0.3, namespace: shop, name: brew, version: 1.0.0}
do:
  - pick: {set: {tea: '${ .tea }'}}
  - steep: {wait: {milliseconds: 10}}
  - boil: {run: {workflow: {namespace: shop, name: quick, version: 1.0.0, input: {count: 2}}}}
"""
"""A definition whose runs wait and run another one."""

NEXT = ORDER.replace("version: 1.0.0", "version: 1.1.0").replace(".count }", ".count + 5 }")


@asynccontextmanager
async def a_host(shop: Shop, name: str = "one") -> AsyncGenerator[asyncio.subprocess.Process]:
    """Carry projects in a process of its own; at the end it is told to stop."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "everloom", "host", "--name", f"{name}-{shop.project}"),
        cwd=shop.folder,
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await eventually(lambda: _is_there(shop, name, process), within=60)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


async def _is_there(shop: Shop, name: str, process: asyncio.subprocess.Process) -> bool:
    if process.returncode is not None and process.stdout is not None:
        pytest.fail((await process.stdout.read()).decode())
    hosts = (await shop.ask("hosts", "list"))["hosts"]
    return f"{name}-{shop.project}" in {each["name"] for each in hosts}


@pytest.fixture
async def served(shop: Shop) -> AsyncGenerator[Shop]:
    """Two definitions are active, and a host serves the project."""
    await shop.publish(QUICK)
    await shop.publish(ORDER)
    async with a_host(shop):
        await shop.ask("projects", "start", shop.project)
        await eventually(lambda: _is_served(shop), within=30)
        yield shop


async def _is_served(shop: Shop) -> bool:
    return (await shop.ask("projects", "status", shop.project))["status"] == "running"


async def _status(shop: Shop, id: str) -> str:
    return (await shop.here("runs", "show", id))["status"]


async def test_a_run_of_a_project_gives_its_result(served: Shop) -> None:
    """With the version it ran on, by the id that was given, which it keeps."""
    asked = ("run", "shop.quick", "--id", "q-1", "--input", '{"count": 21}')

    done = await served.here(*asked, "--wait")
    again = await served.here(*asked)

    assert (done["id"], done["type_name"], done["result"]) == (
        "q-1",
        "shop.quick@1.0.0",
        {"total": 42},
    )
    assert (again["existed"], again["run_id"]) == (True, done["run_id"])


async def test_a_run_is_steered_by_the_id_of_its_project(served: Shop) -> None:
    """Asked why it waits, sent a message, shown with what came of it."""
    await served.here("run", "shop.order", "--id", "o-1", "--input", '{"price": 4, "count": 3}')
    await eventually(lambda: _waits_at(served, "o-1", "/do/1/paid"), within=20)

    answer = await served.here("runs", "update", "o-1", "pay", '{"by": "Ada"}')
    await eventually(lambda: _has_status(served, "o-1", "completed"), within=20)
    shown = await served.here("runs", "show", "o-1")
    page = await served.type("runs", "show", "o-1", "--project", served.project)

    assert answer == {"answer": "thank you"}
    assert shown["output"] == {"total": 12, "paid": "Ada"}
    assert (shown["definition"], shown["version"]) == ("shop.order", "1.0.0")
    assert '"paid": "Ada"' in page.out


async def _waits_at(shop: Shop, id: str, task: str) -> bool:
    return task in (await shop.here("runs", "why", id))["sentence"]


async def _has_status(shop: Shop, id: str, status: str) -> bool:
    return await _status(shop, id) == status


async def test_runs_are_listed_from_the_store(served: Shop) -> None:
    """Newest first, by definition, status and time."""
    nothing = await served.type("runs", "list", "--project", served.project)
    await served.here("run", "shop.quick", "--id", "q-1", "--input", '{"count": 1}', "--wait")
    await served.here("run", "shop.order", "--id", "o-1", "--input", '{"price": 1, "count": 1}')
    await eventually(lambda: _is_listed(served, "q-1", "--status", "completed"), within=20)

    everything = await served.here("runs", "list")
    orders = await served.here("runs", "list", "--workflow", "shop.order@1.0.0", "--since", "1h")
    table = await served.type("runs", "list", "--project", served.project)

    assert nothing.err == "There are no such runs.\n"
    assert [each["id"] for each in everything["runs"]] == ["o-1", "q-1"]
    assert [each["id"] for each in orders["runs"]] == ["o-1"]
    assert "shop.quick" in table.out


async def _is_listed(shop: Shop, id: str, *options: str) -> bool:
    return id in {each["id"] for each in (await shop.here("runs", "list", *options))["runs"]}


async def test_many_runs_are_cancelled_at_once(served: Shop) -> None:
    """Shown first; only those that fit, and only once somebody says yes."""
    for number in range(3):
        await served.here(
            *("run", "shop.order", "--id", f"o-{number}", "-i", '{"price": 1, "count": 1}')
        )
    where = ("--where", "status=running,definition=shop.order")
    await eventually(lambda: _finds(served, 3), within=20)

    trial = await served.type("runs", "cancel", "--project", served.project, *where, "--dry-run")
    unasked = await served.type("runs", "cancel", "--project", served.project, *where)
    done = await served.here("runs", "cancel", *where, "--yes", "--reason", "closed")

    assert sorted(trial.out.split()) == ["o-0", "o-1", "o-2"]
    assert "code: confirmation-missing" in unasked.err
    assert (done["matched"], done["done"], done["failed"]) == (3, 3, [])
    await eventually(lambda: _has_status(served, "o-0", "canceled"), within=20)


async def _finds(shop: Shop, count: int) -> bool:
    where = ("--where", "status=running,type=shop.order@1.0.0", "--dry-run")
    return (await shop.here("runs", "cancel", *where))["matched"] == count


async def test_a_timeline_has_the_tasks_of_the_definition(served: Shop) -> None:
    """Read at once, or followed to the end of the run, from a position on."""
    await served.publish(CALLS)
    await served.here("run", "shop.brew", "--id", "b-1", "--input", '{"tea": "oolong"}', "--wait")

    told = await served.here("runs", "timeline", "b-1")
    followed = await served.type(
        "runs", "timeline", "b-1", "--project", served.project, "--follow", "--json"
    )
    later = await served.here("runs", "timeline", "b-1", "--after", told["position"])
    table = await served.type("runs", "timeline", "b-1", "--project", served.project)

    pointers = {each["pointer"] for each in told["entries"]}
    assert {"/do/1/steep", "/do/2/boil"} <= pointers
    assert told["status"] == "completed"
    lines = [json.loads(line) for line in followed.out.splitlines()]
    assert {"/do/1/steep", "/do/2/boil"} <= {each["pointer"] for each in lines}
    assert [each for each in later["entries"] if each["pointer"] == "/do/1/steep"] == []
    assert "/do/1/steep" in table.out
    assert "The run has completed." in table.err


async def test_a_run_is_done_anew_from_a_task_on(served: Shop) -> None:
    """What is done again is told before; a task that it never did is refused with those it did."""
    await served.publish(CALLS)
    await served.here("run", "shop.brew", "--id", "b-1", "--input", '{"tea": "oolong"}', "--wait")
    asked = ("runs", "reset", "b-1", "--project", served.project)

    trial = await served.type(*asked, "--to-task", "/do/2/boil", "--dry-run")
    unclear = await served.type(*asked, "--to-event", "4", "--yes")
    wrong = await served.type(*asked, "--to-task", "/do/2/bake", "--yes")
    done = await served.type(*asked, "--to-task", "/do/2/boil", "--yes", "--json")

    assert "done again: child run" in trial.err
    assert done.code == 0, done.err
    assert done.document["new_run_id"]
    assert "code: task-not-run" in wrong.err
    assert "/do/2/boil" in wrong.err
    assert (unclear.code, "code: reset-unclear" in unclear.err) == (2, True)


async def test_two_runs_are_compared_task_by_task(served: Shop) -> None:
    """The exit code says whether they part."""
    for id, count in (("q-1", 1), ("q-2", 2)):
        await served.here(
            *("run", "shop.quick", "--id", id, "--input", f'{{"count": {count}}}', "--wait")
        )

    told = await served.type("runs", "compare", "q-1", "q-2", "--project", served.project)

    assert told.code == 1
    assert told.out.startswith("< q-1:") or "q-1" in told.out.splitlines()[0]


async def test_what_ran_is_counted(served: Shop) -> None:
    """Of all projects, of one, by version; the activities of one, and what stands out."""
    await served.here("run", "shop.quick", "--input", '{"count": 1}', "--wait")
    await eventually(lambda: _has_counted(served), within=20)

    everything = await served.type("stats", "show")
    told = await served.ask("stats", "show", served.project, "--days", "1")
    other = await served.ask("stats", "show", served.project, "--definition", "shop.tea")
    analysis = await served.ask("stats", "analyze", served.project)
    [score] = (await served.here("definitions", "score", "shop.quick"))["versions"]

    assert f"local/{served.project}" in everything.out
    assert told["total"]["completed"] == 1
    assert [each["definition"] for each in told["definitions"]] == ["shop.quick"]
    assert other["total"]["started"] == 0
    assert analysis["attempts"] == 0
    assert (score["version"], score["completed"], score["success"]) == ("1.0.0", 1, 1.0)


async def _has_counted(shop: Shop) -> bool:
    return (await shop.ask("stats", "show", shop.project))["total"]["completed"] == 1


async def test_open_runs_go_on_with_a_fix(served: Shop) -> None:
    """Whatever replays; the versions say who goes on as what."""
    await served.here("run", "shop.order", "--id", "o-1", "--input", '{"price": 4, "count": 3}')
    await eventually(lambda: _waits_at(served, "o-1", "/do/1/paid"), within=20)
    await served.here("definitions", "publish", served.write("next.yaml", NEXT))

    report = await served.here("definitions", "fix", "shop.order", "1.1.0", "--of", "1.0.0")
    await served.here("runs", "update", "o-1", "pay", '{"by": "Ada"}')
    await eventually(lambda: _has_status(served, "o-1", "completed"), within=20)
    newer, older = (await served.here("definitions", "versions", "shop.order"))["versions"]

    assert (report["done"], report["replayed"], report["pinned"]) == (True, 1, [])
    assert (await served.here("runs", "show", "o-1"))["output"] == {"total": 17, "paid": "Ada"}
    assert (newer["version"], older["fixed_by"]) == ("1.1.0", "1.1.0")


async def test_todays_compiler_is_asked_before_anything_is_compiled_anew(served: Shop) -> None:
    """Versions of today have the same text."""
    told = await served.type("definitions", "gate", "--project", served.project)

    assert told.code == 0
    assert told.out.splitlines() == [
        "shop.order@1.0.0: the same text",
        "shop.quick@1.0.0: the same text",
    ]


async def test_a_worker_is_moved_restarted_drained_and_stopped(served: Shop) -> None:
    """Each answers with how it stands afterwards."""
    name = served.project
    async with a_host(served, "two"):
        moved = await served.ask("projects", "move", name, "--to", f"two-{name}")
        missing = await served.type("projects", "move", name, "--to", "three")
        restarted = await served.ask("projects", "restart", name)
        drained = await served.type("projects", "drain", name)
        started = await served.ask("projects", "start", name)
        stopped = await served.ask("projects", "stop", name)
    listed = await served.type("projects", "list")

    assert (moved["status"], moved["host"]) == ("running", f"two-{name}")
    assert (missing.code, "code: host-missing" in missing.err) == (2, True)
    assert restarted["status"] == "running"
    assert drained.out == "stopped\n"
    assert started["status"] in {"starting", "running"}
    assert stopped["status"] == "stopped"
    assert "stopped" in listed.out


async def test_hosts_are_listed_with_what_they_carry(served: Shop) -> None:
    """Each with its slots and when it was heard of."""
    table = await served.type("hosts", "list")
    [host] = (await served.ask("hosts", "list"))["hosts"]

    assert f"one-{served.project}" in table.out
    assert (host["name"], host["slots"]) == (f"one-{served.project}", 500)


async def test_no_host_is_no_error_until_one_is_needed(shop: Shop) -> None:
    """A list says how to start one; a project that is started waits for one."""
    told = await shop.type("hosts", "list")
    started = await shop.ask("projects", "start", shop.project)
    page = await shop.type("projects", "status", shop.project)
    moved = await shop.type("projects", "move", shop.project)

    assert (told.code, told.out) == (0, "")
    assert "`everloom host` starts one." in told.err
    assert started["status"] == "starting"
    assert "No host answers." in page.out
    assert moved.code == 3
    assert "code: hosts-missing" in moved.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["runs", "cancel"], "usage", id="nobody"),
        pytest.param(["runs", "cancel", "x", "--where", "status=running"], "usage", id="both"),
        pytest.param(["runs", "cancel", "x", "--dry-run"], "usage", id="trial"),
        pytest.param(["runs", "cancel", "--where", "status=lost"], "runs-where-invalid", id="word"),
        pytest.param(["runs", "cancel", "--where", "colour=red"], "runs-where-invalid", id="what"),
        pytest.param(["runs", "cancel", "--where", "running"], "runs-where-invalid", id="equals"),
        pytest.param(
            ["runs", "cancel", "--where", "definition=a.b,type=a.c@1"],
            "runs-where-invalid",
            id="twice",
        ),
        pytest.param(["runs", "cancel", "--where", "since=x"], "runs-where-invalid", id="moment"),
        pytest.param(["runs", "list", "--status", "lost"], "runs-where-invalid", id="status"),
        pytest.param(["runs", "list", "--query", "x"], "usage", id="query"),
        pytest.param(["runs", "show", "nobody"], "run-not-found", id="run"),
        pytest.param(["runs", "why", "nobody"], "run-not-found", id="why"),
        pytest.param(["runs", "timeline", "nobody"], "run-not-found", id="timeline"),
        pytest.param(["run", "shop.tea"], "definition-missing", id="definition"),
        pytest.param(["run", "shop.tea", "--queue", "x"], "usage", id="queue"),
    ],
)
async def test_a_mistake_is_told(shop: Shop, arguments: list[str], code: str) -> None:
    """As wrong input, with a code."""
    told = await shop.type(*arguments, "--project", shop.project, "--json")

    assert told.code == 2, told.err
    assert told.document["error"]["code"] == code


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["runs", "cancel", "--where", "status=running"], id="where"),
        pytest.param(["run", "shop.tea", "--version", "1.0.0"], id="version"),
    ],
)
async def test_what_is_about_a_project_needs_one(shop: Shop, arguments: list[str]) -> None:
    """An option that says nothing would be passed over in silence."""
    told = await shop.type(*arguments)

    assert told.code == 2
    assert "code: usage" in told.err
    assert "`--project NAME`" in told.err
