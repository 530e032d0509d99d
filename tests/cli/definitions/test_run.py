"""`everloom definitions run`, typed: with a Temporal of its own, and on one that is there."""

import asyncio
import json
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from tests.cli.definitions.conftest import HELLO, Terminal
from tests.waiting import eventually

from everloom.temporal import RunNotFound, TemporalService, read_run

KEYS = [
    "status", "output", "error", "trace", "events", "workflow_id", "run_id", "history_length",
]  # fmt: skip
ERROR = ["type", "status", "title", "detail", "instance"]
ADA = '{"name": "Ada"}'

FAULT = """
document: {dsl: 1.0.3, namespace: samples, name: fault, version: 1.0.0}
do:
  - refuse:
      raise:
        error: {type: https://example.com/errors/closed, status: 409, title: Closed}
"""

WAIT = """
document: {dsl: 1.0.3, namespace: samples, name: wait, version: 1.0.0}
do:
  - nap: {wait: {hours: 1}}
"""

EMIT = """
document: {dsl: 1.0.3, namespace: samples, name: emit, version: 1.0.0}
do:
  - first:
      emit: {event: {with: {source: https://example.com, type: one, data: {n: 1}}}}
  - second:
      emit: {event: {with: {source: https://example.com, type: two}}}
  - done: {set: {done: true}}
"""

LISTEN = """
document: {dsl: 1.0.3, namespace: samples, name: listen, version: 1.0.0}
do:
  - hear:
      listen:
        to:
          all:
            - with: {type: paid}
            - with: {type: packed}
"""

PARENT = """
document: {dsl: 1.0.3, namespace: samples, name: parent, version: 1.0.0}
do:
  - child:
      run: {workflow: {namespace: samples, name: hello, version: 1.0.0, input: {name: Eve}}}
"""


async def test_a_definition_runs_with_nothing_around_it(alone: Terminal) -> None:
    """One object on the output and nothing else; the Temporal it started is gone."""
    outcome = await alone.type("run", alone.write("hello.yaml", HELLO), "-i", ADA, "--json")

    result = outcome.document
    assert outcome.code == 0
    assert list(result) == KEYS
    assert (result["status"], result["output"]) == ("completed", {"text": "Hello, Ada!"})
    assert (result["error"], result["events"]) == (None, [])
    assert result["trace"] == [
        {"pointer": "/do/0/greet", "name": "greet", "status": "started"},
        {"pointer": "/do/0/greet", "name": "greet", "status": "completed"},
    ]
    assert result["history_length"] >= 5
    assert len(outcome.out.splitlines()) == 1
    assert list(alone.folder.iterdir()) == [alone.folder / "hello.yaml"]


async def test_people_get_the_output_as_data(alone: Terminal) -> None:
    """What happened is talk."""
    outcome = await alone.type("run", alone.write("hello.yaml", HELLO), "-i", ADA)

    assert json.loads(outcome.out) == {"text": "Hello, Ada!"}
    assert "completed  /do/0/greet" in outcome.err


async def test_a_fault_is_told_with_all_its_fields(beside: Terminal) -> None:
    """The exit code says that it did not complete."""
    outcome = await beside.type("run", beside.write("fault.yaml", FAULT), "--json")

    error = outcome.document["error"]
    assert (outcome.code, outcome.document["status"]) == (1, "faulted")
    assert list(error) == ERROR
    assert (error["status"], error["title"]) == (409, "Closed")
    assert error["instance"] == "/do/0/refuse"


async def test_a_run_that_does_not_end_is_terminated(
    beside: Terminal, temporal: TemporalService
) -> None:
    """And what it waited for is said."""
    outcome = await beside.type("run", beside.write("wait.yaml", WAIT), "-t", "1s", "--json")

    result = outcome.document
    assert (outcome.code, result["status"], result["error"]["status"]) == (1, "timed-out", 408)
    assert "It waits at `nap` (/do/0/nap) until" in result["error"]["detail"]
    assert result["trace"] == [{"pointer": "/do/0/nap", "name": "nap", "status": "started"}]
    assert (await read_run(temporal, result["workflow_id"])).info.status == "terminated"


async def test_what_is_wrong_is_refused_before_anything_starts(beside: Terminal) -> None:
    """The problems are those of `check`."""
    outcome = await beside.type("run", beside.write("wrong.yaml", "do: []"), "--json")

    assert outcome.code == 2
    assert outcome.document["status"] == "refused"
    assert outcome.document["problems"]
    assert "wrong.yaml" in outcome.err


async def test_events_that_it_emits_are_listed(beside: Terminal) -> None:
    """In their order, whole."""
    outcome = await beside.type("run", beside.write("emit.yaml", EMIT), "--json")

    first, second = outcome.document["events"]
    assert outcome.document["output"] == {"done": True}
    assert (first["type"], first["data"], second["type"]) == ("one", {"n": 1}, "two")
    assert first["specversion"] == "1.0"


async def test_events_are_sent_once_it_listens(beside: Terminal) -> None:
    """From a file of JSON lines."""
    events = '{"type": "paid", "source": "bank", "data": 1}\n{"type": "packed", "data": 2}\n'
    file = beside.write("listen.yaml", LISTEN)

    outcome = await beside.type(
        "run", file, "--events", beside.write("events.jsonl", events), "--json"
    )

    assert outcome.document["status"] == "completed", outcome
    assert outcome.document["output"] == [1, 2]


async def test_events_for_a_run_that_ends_before_are_not_missed(beside: Terminal) -> None:
    """Nobody has to know whether it will listen."""
    file, events = beside.write("hello.yaml", HELLO), beside.write("e.jsonl", '{"type": "paid"}')

    outcome = await beside.type("run", file, "-i", ADA, "--events", events, "--json")

    assert outcome.document["status"] == "completed"


async def test_a_definition_runs_others_that_are_given(beside: Terminal) -> None:
    """Named by the option, or behind the first."""
    parent, child = beside.write("parent.yaml", PARENT), beside.write("hello.yaml", HELLO)

    named = await beside.type("run", parent, "--with", child, "--json")
    behind = await beside.type("run", parent, child, "--json")
    missing = await beside.type("run", parent, "--json")

    assert named.document["output"] == behind.document["output"] == {"text": "Hello, Eve!"}
    assert (missing.code, missing.document["status"]) == (2, "refused")


async def test_the_id_is_the_one_that_was_given(
    beside: Terminal, temporal: TemporalService
) -> None:
    """A run that has ended makes room for the next one."""
    file, id = beside.write("hello.yaml", HELLO), f"mine-{uuid4()}"

    first = await beside.type("run", file, "-i", ADA, "--id", id, "--json")
    second = await beside.type("run", file, "-i", ADA, "--id", id, "--json")

    assert first.document["workflow_id"] == second.document["workflow_id"] == id
    assert first.document["run_id"] != second.document["run_id"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["hello.yaml", "-i", "{"], "input-unreadable", id="input"),
        pytest.param(["hello.yaml", "-i", "@none"], "input-file-missing", id="input file"),
        pytest.param(["hello.yaml", "-t", "soon"], "duration-invalid", id="timeout"),
        pytest.param(["hello.yaml", "-t", "0"], "usage", id="no time"),
        pytest.param(["hello.yaml", "--events", "none"], "events-file-missing", id="events file"),
        pytest.param(["hello.yaml", "--events", "hello.yaml"], "events-invalid", id="events"),
        pytest.param(["hello.yaml", "--secrets", "none"], "secrets-file-invalid", id="no secrets"),
        pytest.param(
            ["hello.yaml", "--secrets", "list.json"], "secrets-file-invalid", id="secrets"
        ),
        pytest.param([], "usage", id="nothing"),
        pytest.param(["hello.yaml", "--batch", "list.json"], "usage", id="both"),
        pytest.param(["--batch", "list.json", "--id", "x"], "usage", id="batch with an id"),
        pytest.param(["--batch", "none"], "batch-missing", id="no batch"),
    ],
)
async def test_bad_input_is_one_sentence(beside: Terminal, arguments: list[str], code: str) -> None:
    """And one document for programs; nothing is started for it."""
    beside.write("hello.yaml", HELLO)
    beside.write("list.json", "[1]")

    outcome = await beside.type("run", *arguments, "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == code
    assert "Traceback" not in outcome.err


async def test_a_secret_in_a_broken_file_is_not_shown(beside: Terminal) -> None:
    """Not even in the words of whoever reads the file."""
    beside.write("secrets.yaml", "token: s3cr3t\n  wrong: ]")
    file = beside.write("hello.yaml", HELLO)

    outcome = await beside.type("run", file, "--secrets", "secrets.yaml")

    assert outcome.code == 2
    assert "s3cr3t" not in outcome.out + outcome.err


async def test_temporal_that_is_away_ends_with_3(alone: Terminal) -> None:
    """One that was named is not replaced."""
    file = alone.write("hello.yaml", HELLO)

    outcome = await alone.type("run", file, "--json", TEMPORAL_ADDRESS="127.0.0.1:1")

    assert outcome.code == 3
    assert outcome.document["error"]["code"] == "temporal-unavailable"


async def test_two_side_by_side_do_not_meet(alone: Terminal) -> None:
    """Each has a Temporal of its own, on a port of its own."""
    file = alone.write("hello.yaml", HELLO)

    outcomes = await asyncio.gather(
        *(alone.type("run", file, "-i", f'{{"name": "{name}"}}', "--json") for name in "ab")
    )

    assert [each.document["output"]["text"] for each in outcomes] == ["Hello, a!", "Hello, b!"]


@asynccontextmanager
async def waiting(
    terminal: Terminal, temporal: TemporalService
) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    """A definition that waits, and its run's id."""
    id = f"waiting-{uuid4()}"
    file = terminal.write("wait.yaml", WAIT)
    process = await terminal.start("run", file, "--id", id, "--json")

    async def runs() -> bool:
        try:
            return (await read_run(temporal, id)).info.history_length >= 5
        except RunNotFound:
            return False

    try:
        await eventually(runs, within=30)
        yield process, id
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_run_that_is_cancelled_is_told(beside: Terminal, temporal: TemporalService) -> None:
    """By whoever did it."""
    async with waiting(beside, temporal) as (process, id):
        await temporal.cancel_workflow(id, None, "changed my mind")
        out, _ = await process.communicate()

    assert (process.returncode, json.loads(out)["status"]) == (1, "cancelled")


async def test_a_run_that_is_terminated_is_told(
    beside: Terminal, temporal: TemporalService
) -> None:
    """It is no fault of the definition, and no matter of time."""
    async with waiting(beside, temporal) as (process, id):
        await temporal.terminate_workflow(id, None, "enough")
        out, _ = await process.communicate()

    assert (process.returncode, json.loads(out)["status"]) == (1, "cancelled")
    assert "from outside: enough" in json.loads(out)["error"]["detail"]


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_an_interrupt_ends_the_run(
    beside: Terminal, temporal: TemporalService, kind: signal.Signals
) -> None:
    """Nobody else serves it, so it could not go on."""
    async with waiting(beside, temporal) as (process, id):
        process.send_signal(kind)
        out, err = await process.communicate()

    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert (await read_run(temporal, id)).info.status == "terminated"


@pytest.mark.faults
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=str)
async def test_nothing_stays_behind(alone: Terminal, tmp_path: Path, kind: signal.Signals) -> None:
    """Neither the Temporal nor the process that serves; not even after `kill -9`."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = await alone.start(
        "run", alone.write("wait.yaml", WAIT), "--json", TMPDIR=str(temporary)
    )
    begun = psutil.Process(process.pid)

    def others() -> list[psutil.Process]:
        return begun.children(recursive=True)

    await eventually(lambda: len(others()) >= 3, within=30)  # launcher, server, serving process
    left = others()
    process.send_signal(kind)
    await process.communicate()

    await eventually(lambda: not any(each.is_running() for each in left), within=15)
    folders = list(temporary.iterdir())
    assert len(folders) == (1 if kind == signal.SIGKILL else 0)


REFUSED_CALL = """
document: {dsl: 1.0.3, namespace: samples, name: refused-call, version: 1.0.0}
do:
  - try:
      try:
        - ask: {call: http, with: {method: get, endpoint: 'http://127.0.0.1:1/'}}
      catch:
        do:
          - note: {set: {caught: true}}
"""


async def test_a_fault_that_is_caught_is_no_talk_of_the_log(alone: Terminal) -> None:
    """What went wrong stands in the trace; lines of the log would only be in its way."""
    alone.write("refused-call.yaml", REFUSED_CALL)

    outcome = await alone.type("run", "refused-call.yaml")

    assert json.loads(outcome.out) == {"caught": True}
    assert outcome.err.splitlines() == [
        "started    /do/0/try",
        "started    /do/0/try/try/0/ask",
        "faulted    /do/0/try/try/0/ask",
        "started    /do/0/try/catch/do/0/note",
        "completed  /do/0/try/catch/do/0/note",
        "completed  /do/0/try",
    ]
