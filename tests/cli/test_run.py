"""`everloom run` and `everloom runs`, typed against a real Temporal."""

import json
import re
import signal
from pathlib import Path
from uuid import uuid4

import pytest
from tests.cli.conftest import Start, Type
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.temporal import RunNotFound, read_run

ADA = '{"name": "Ada"}'
WAITING = '{"name": "Ada", "wait": true}'


def fresh(word: str) -> str:
    """An id that no other test has."""
    return f"{word}-{uuid4()}"


async def test_run_prints_the_id_and_nothing_else(everloom: Type) -> None:
    """So that a script can keep it; where to look is talk."""
    outcome = await everloom("run", "greet", "--input", ADA, "--id", (run := fresh("plain")))

    assert (outcome.code, outcome.out) == (0, f"{run}\n")
    assert f"everloom runs show {run}" in outcome.err


async def test_run_follows_to_the_result(everloom: Type) -> None:
    """Progress is talk, the result is data."""
    outcome = await everloom("run", "greet", "--input", ADA, "--follow")

    assert outcome.code == 0
    assert json.loads(outcome.out) == {"text": "Hello, Ada!", "guests": []}


async def test_run_with_json_prints_one_document(everloom: Type) -> None:
    """Run and result together."""
    outcome = await everloom("run", "greet", "--input", ADA, "--wait", "--json")

    assert outcome.document["workflow"] == "greet"
    assert outcome.document["status"] == "completed"
    assert outcome.document["result"]["text"] == "Hello, Ada!"


async def test_input_comes_from_a_file_or_from_standard_input(
    everloom: Type, tmp_path: Path
) -> None:
    """What is long or secret need not be typed."""
    (tmp_path / "input.json").write_text(ADA, encoding="utf-8")

    from_file = await everloom("run", "greet", "--input", f"@{tmp_path / 'input.json'}", "--wait")
    from_stdin = await everloom("run", "greet", "--input", "@-", "--wait", stdin=ADA)

    assert "Hello, Ada!" in from_file.out
    assert "Hello, Ada!" in from_stdin.out


async def test_starting_twice_shows_the_run_there_is(everloom: Type) -> None:
    """Nothing is started, and it is no failure."""
    run = fresh("twice")
    first = await everloom("run", "greet", "-i", ADA, "--id", run, "--wait", "--json")
    second = await everloom("run", "greet", "-i", ADA, "--id", run, "--wait", "--json")

    assert (first.code, second.code) == (0, 0)
    assert (first.document["existed"], second.document["existed"]) == (False, True)
    assert first.document["run_id"] == second.document["run_id"]
    assert second.document["result"] == first.document["result"]


async def test_a_start_delay_is_a_duration(everloom: Type, greeter: Greeter) -> None:
    """Anything else is refused before something starts."""
    wrong = await everloom("run", "greet", "-i", ADA, "--start-delay", "soon")
    right = await everloom("run", "greet", "-i", ADA, "--start-delay", "1h")

    assert wrong.code == 2
    assert "write it as `30s`" in wrong.err
    assert (await read_run(greeter.temporal, right.out.strip())).info.status == "running"
    await greeter.temporal.terminate_workflow(right.out.strip(), None, "the test is over")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["gret", "-i", ADA], "workflow-unknown", "Did you mean `greet`?", id="name"),
        pytest.param(["greet", "-i", "{"], "input-unreadable", "line 1", id="json"),
        pytest.param(["greet", "-i", "@none"], "input-file-missing", "No such file", id="file"),
        pytest.param(["greet", "-i", '{"nme": 1}'], "input-invalid", "nme", id="field"),
        pytest.param(["greet"], "input-invalid", "greet", id="nothing"),
    ],
)
async def test_what_does_not_fit_is_said_before_anything_starts(
    everloom: Type, greeter: Greeter, arguments: list[str], code: str, words: str
) -> None:
    """One block for people, one document for programs, the exit code for wrong input."""
    run = fresh("never")
    outcome = await everloom("run", *arguments, "--id", run, "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == code
    assert words in outcome.err
    assert "Traceback" not in outcome.err
    with pytest.raises(RunNotFound):
        await read_run(greeter.temporal, run)


async def test_a_failed_run_ends_with_1_and_its_causes(everloom: Type) -> None:
    """From the activity down to the root, in words."""
    outcome = await everloom("run", "visit", "-i", ADA, "--follow", "--json")

    error = outcome.document["error"]
    assert outcome.code == 1
    assert error["code"] == "door-closed"
    assert [problem["code"] for problem in error["problems"]] == ["activity-failed", "door-closed"]
    assert outcome.err.count("Ada did not open") == 1
    assert "code: door-closed" in outcome.err


async def test_interrupting_the_waiting_leaves_the_run_alone(
    start: Start, greeter: Greeter
) -> None:
    """Ctrl-C ends the command with 130; the run goes on."""
    run = fresh("patient")
    process = await start("run", "greet", "-i", WAITING, "--id", run, "--follow")

    async def waits() -> bool:
        try:
            return (await read_run(greeter.temporal, run)).info.status == "running"
        except RunNotFound:
            return False

    await eventually(waits)
    assert process.stderr is not None
    await process.stderr.readuntil(b"greeting")  # it follows now
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()

    assert process.returncode == 130
    assert b"The run goes on" in err
    assert b"Traceback" not in err
    assert (await read_run(greeter.temporal, run)).info.status == "running"
    await greeter.temporal.terminate_workflow(run, None, "the test is over")


async def test_temporal_that_is_away_ends_with_3(everloom: Type) -> None:
    """Trying again later may work; a script can tell."""
    outcome = await everloom("runs", "list", "--json", TEMPORAL_ADDRESS="127.0.0.1:1")

    assert outcome.code == 3
    assert outcome.document["error"]["code"] == "temporal-unavailable"


async def test_a_run_is_talked_to_from_the_command_line(everloom: Type) -> None:
    """Query, update, signal; each answer is data."""
    run = fresh("talk")
    await everloom("run", "greet", "-i", WAITING, "--id", run)

    progress = await everloom("runs", "query", run, "progress", "--json")
    invited = await everloom("runs", "update", run, "invite", '"Bob"', "--json")
    brought = await everloom("runs", "signal", run, "bring", '"Eve"', "--json")
    misspelt = await everloom("runs", "signal", run, "goo", "--json")
    unasked = await everloom("runs", "query", run, "progres", "--json")
    untaken = await everloom("runs", "update", run, "inv", '"Bob"')
    gone = await everloom("runs", "signal", run, "go")
    shown = await everloom("run", "greet", "-i", WAITING, "--id", run, "--wait", "--json")

    assert progress.document["answer"]["stage"] == "greeting"
    assert invited.document == {"answer": 1}
    assert brought.document == {"id": run, "done": "signalled"}
    assert (misspelt.code, misspelt.document["error"]["code"]) == (2, "signal-unknown")
    assert (unasked.code, unasked.document["error"]["code"]) == (2, "query-unknown")
    assert untaken.code == 2
    assert "`greet` knows no update `inv`. Known: `invite`." in " ".join(untaken.err.split())
    assert gone.code == 0
    assert shown.document["result"]["guests"] == ["Bob", "Eve"]


async def test_a_run_is_shown(everloom: Type) -> None:
    """People read it at 80 columns, programs as one document."""
    run = fresh("shown")
    await everloom("run", "visit", "-i", ADA, "--id", run, "--wait")

    people = await everloom("runs", "show", run)
    program = await everloom("runs", "show", run, "--json")

    assert "Activity `knock` failed" in people.out
    assert max(len(line) for line in people.out.splitlines() if "history" not in line) <= 120
    assert program.document["details"]["info"]["status"] == "failed"
    assert program.document["input"]["name"] == "Ada"


async def test_runs_are_listed(everloom: Type) -> None:
    """Filters narrow the list; the table fits a terminal, and a pipe gets each run in one line."""
    run = fresh("listed-under-an-id-that-is-so-long-that-it-fits-no-terminal-of-80-columns")
    await everloom("run", "greet", "-i", WAITING, "--id", run)

    async def listed() -> bool:
        query = f"WorkflowId = '{run}'"
        outcome = await everloom("runs", "list", "-s", "running", "--query", query, "--json")
        return [each["id"] for each in outcome.document["runs"]] == [run]

    assert await eventually(listed)
    table = await everloom("runs", "list", "--workflow", "greet", TTY_COMPATIBLE="1")
    assert table.code == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", table.out)
    assert max(len(line) for line in plain.splitlines()) <= 80
    piped = await everloom("runs", "list", "--workflow", "greet")
    assert f"{run}  " in piped.out
    assert (await everloom("runs", "terminate", run, "--reason", "over")).code == 0


async def test_a_run_is_cancelled(everloom: Type) -> None:
    """It ends as cancelled, and says why to whoever waits for it."""
    run = fresh("cancelled")
    await everloom("run", "greet", "-i", WAITING, "--id", run)

    asked = await everloom("runs", "cancel", run, "--reason", "changed my mind", "--json")
    ended = await everloom("run", "greet", "-i", WAITING, "--id", run, "--wait", "--json")

    assert asked.document == {"id": run, "done": "cancel-requested"}
    assert ended.code == 1
    assert "was cancelled" in ended.document["error"]["message"]


async def test_a_run_that_has_ended_cannot_be_steered(everloom: Type) -> None:
    """That is no success: the answer is no."""
    run = fresh("ended")
    await everloom("run", "greet", "-i", ADA, "--id", run, "--wait")

    outcome = await everloom("runs", "cancel", run, "--json")

    assert outcome.code == 1
    assert outcome.document["error"]["code"] == "run-ended"
    assert "has ended already" in outcome.document["error"]["message"]


async def test_a_run_that_is_not_there_is_named(everloom: Type) -> None:
    """Wrong input, with what to do."""
    outcome = await everloom("runs", "show", "nobody", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "run-not-found"
    assert "nobody" in outcome.document["error"]["message"]
