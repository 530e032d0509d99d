"""`everloom definitions run --batch`, typed."""

import json
from typing import Any

import psutil
import pytest
from tests.cli.definitions.conftest import HELLO, Outcome, Terminal
from tests.cli.definitions.test_run import EMIT, FAULT, LISTEN, PARENT, WAIT
from tests.waiting import eventually

from everloom.settings import Settings
from everloom.temporal import TemporalService, list_runs


async def batch(terminal: Terminal, *lines: object, limit: str = "20s") -> Outcome:
    """Run a list; a line that is no text is written as JSON."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    terminal.write("list.jsonl", text + "\n")
    return await terminal.type("run", "--batch", "list.jsonl", "--timeout", limit)


def hello(name: str, **more: Any) -> dict[str, Any]:
    """A line that greets."""
    return {"definition": HELLO, "input": {"name": name}, **more}


async def test_every_line_is_answered_in_order(alone: Terminal) -> None:
    """On one Temporal, whatever came out before."""
    outcome = await batch(
        alone,
        hello("Ada"),
        {"definition": FAULT},
        {"definition": "do: []"},
        {"definition": WAIT},
        {"definition": EMIT},
        hello("Eve"),
        limit="2s",
    )

    assert outcome.code == 0
    assert [each["status"] for each in outcome.lines] == [
        "completed", "faulted", "refused", "timed-out", "completed", "completed",
    ]  # fmt: skip
    assert outcome.lines[-1]["output"] == {"text": "Hello, Eve!"}


async def test_a_line_says_what_one_command_says(alone: Terminal) -> None:
    """A file, a parsed definition, others that it runs, events that it is sent."""
    alone.write("hello.yaml", HELLO)
    parsed = {
        "document": {"dsl": "1.0.3", "namespace": "samples", "name": "set", "version": "1.0.0"},
        "do": [{"one": {"set": {"one": 1}}}],
    }

    outcome = await batch(
        alone,
        {"file": "hello.yaml", "input": {"name": "file"}},
        {"definition": parsed},
        {"definition": PARENT, "with": ["hello.yaml"]},
        {"definition": PARENT, "with": [HELLO]},
        {"definition": LISTEN, "events": [{"type": "packed", "data": 2}, {"type": "paid"}]},
    )

    assert [each["status"] for each in outcome.lines] == ["completed"] * 5, outcome
    assert [each["output"] for each in outcome.lines[:4]] == [
        {"text": "Hello, file!"}, {"one": 1}, {"text": "Hello, Eve!"}, {"text": "Hello, Eve!"},
    ]  # fmt: skip


async def test_definitions_of_equal_names_do_not_mix(alone: Terminal) -> None:
    """Each line has its own code."""
    outcome = await batch(
        alone, hello("Ada"), hello("Ada", definition=HELLO.replace("Hello", "Bonjour"))
    )

    assert [each["output"]["text"] for each in outcome.lines] == ["Hello, Ada!", "Bonjour, Ada!"]


async def test_empty_lines_are_passed_over(alone: Terminal) -> None:
    """As in every file of JSON lines."""
    assert (await batch(alone, "", "  ")).lines == []


async def test_files_lie_beside_the_list_too(alone: Terminal) -> None:
    """A list and its files can be moved together."""
    (alone.folder / "lists").mkdir()
    alone.write("lists/hello.yaml", HELLO)
    alone.write("lists/list.jsonl", '{"file": "hello.yaml", "input": {"name": "Ada"}}')

    outcome = await alone.type("run", "--batch", "lists/list.jsonl")

    assert outcome.lines[0]["output"] == {"text": "Hello, Ada!"}


async def test_a_line_that_says_nothing_to_run_is_refused_in_its_place(alone: Terminal) -> None:
    """The others run; each refusal is a problem with a sentence."""
    wrong: list[object] = [
        "{",
        "[]",
        "3",
        {},
        {"definition": HELLO, "file": "hello.yaml"},
        {"definition": 3},
        {"file": 3},
        {"file": "none.yaml"},
        hello("Ada", inputs={}),
        hello("Ada", **{"with": "hello.yaml"}),
        hello("Ada", **{"with": [3]}),
        hello("Ada", events={}),
        hello("Ada", events=[{"no": "type"}]),
        '{"definition": "\\ud800"}',
        "[" * 100_000,
        '{"file": "hello.yaml", "input": NaN}',
    ]

    outcome = await batch(alone, *wrong, hello("Ada"))

    assert outcome.code == 0
    assert [each["status"] for each in outcome.lines] == ["refused"] * len(wrong) + ["completed"]
    for each in outcome.lines[:-1]:
        assert set(each) == {"status", "problems"}
        assert all(problem["code"] and problem["message"] for problem in each["problems"])
    assert "Traceback" not in outcome.err


async def test_a_temporal_that_is_named_and_away_ends_the_list(alone: Terminal) -> None:
    """No line could be answered."""
    alone.write("list.jsonl", json.dumps(hello("Ada")))

    outcome = await alone.type("run", "--batch", "list.jsonl", TEMPORAL_ADDRESS="127.0.0.1:1")

    assert outcome.code == 3


@pytest.mark.parametrize("count", [25])
async def test_many_lines_are_quick(alone: Terminal, count: int) -> None:
    """A fraction of a second each: one Temporal and one process serve them all."""
    outcome = await batch(alone, *(hello(str(number)) for number in range(count)))

    assert [each["output"]["text"] for each in outcome.lines] == [
        f"Hello, {number}!" for number in range(count)
    ]


@pytest.mark.faults
async def test_a_lost_temporal_takes_one_line_with_it(alone: Terminal) -> None:
    """The next one gets another."""
    alone.write("list.jsonl", f"{json.dumps({'definition': WAIT})}\n{json.dumps(hello('Ada'))}\n")
    process = await alone.start("run", "--batch", "list.jsonl")
    command = psutil.Process(process.pid)

    def servers() -> list[psutil.Process]:
        return [each for each in command.children(recursive=True) if each.name() == "temporal"]

    await eventually(servers, within=30)
    [server] = servers()
    words = server.cmdline()
    temporal = TemporalService(Settings(), address=f"127.0.0.1:{words[words.index('--port') + 1]}")

    async def waits() -> bool:
        return (await temporal.health()).status == "healthy" and bool(
            [run async for run in list_runs(temporal, "WorkflowType = 'samples.wait@1.0.0'")]
        )

    await eventually(waits, within=30)
    server.kill()
    await temporal.close()
    out, _ = await process.communicate()

    first, second = (json.loads(line) for line in out.splitlines())
    assert (first["status"], first["error"]["title"]) == ("faulted", "Lost")
    assert second["output"] == {"text": "Hello, Ada!"}


async def test_an_expression_over_budget_is_told_and_stops_nobody_else(alone: Terminal) -> None:
    """Its run stands still until its time is over."""
    costly = {
        "document": {"dsl": "1.0.3", "namespace": "samples", "name": "costly", "version": "1.0.0"},
        "do": [{"one": {"set": {"one": "${ [range(.; . + 20000000)] | length }"}}}],
    }

    outcome = await batch(alone, {"definition": costly, "input": 1}, hello("Ada"), limit="5s")

    first, second = outcome.lines
    assert first["status"] == "timed-out"
    assert "ExpressionOverBudget" in first["error"]["detail"]
    assert second["output"] == {"text": "Hello, Ada!"}


async def test_a_problem_says_which_of_several_definitions_has_it(alone: Terminal) -> None:
    """A pointer alone would seem to lead into the one that was asked for."""
    document = {"dsl": "1.0.3", "namespace": "samples", "name": "broken", "version": "1.0.0"}
    broken = {"document": document, "do": [{"a": {"set": {"x": 1}, "then": "nowhere"}}]}
    line = {"definition": HELLO, "with": [broken]}
    alone.write("list.jsonl", "\n" + json.dumps(line) + "\n")

    outcome = await alone.type("run", "--batch", "list.jsonl")

    (problem,) = json.loads(outcome.out)["problems"]
    assert problem["pointer"] == "/do/0/a/then"
    assert problem["message"].startswith("with[0] of line 2: ")
    assert "with[0] of line 2" in outcome.err
