"""What is written on a task."""

from typing import Any

import pytest
from tests.language.graph.drawn import define

from everloom.language.graph.labels import icon_of, lines_of, schedule_line
from everloom.language.models.tasks import entries

HTTP = {"method": "post", "endpoint": "https://shop.example/orders/{id}"}
LISTEN = {"any": [{"with": {"type": "a.b"}}, {"with": {"source": "s"}}], "until": "${ .done }"}
DOCUMENT = {"endpoint": {"uri": "https://shop.example/api.json"}}


@pytest.mark.parametrize(
    ("task", "icon", "lines"),
    [
        pytest.param({"call": "http", "with": HTTP}, "http", ["POST shop.example/orders/{id}"], id="http"),
        pytest.param(
            {"call": "openapi", "with": {"document": DOCUMENT, "operationId": "findPet"}},
            "openapi",
            ["findPet of shop.example/api.json"],
            id="openapi",
        ),
        pytest.param(
            {
                "call": "grpc",
                "with": {
                    "proto": {"endpoint": "file://greet.proto"},
                    "service": {"name": "Greeter", "host": "localhost"},
                    "method": "Hello",
                },
            },
            "grpc",
            ["Greeter/Hello"],
            id="grpc",
        ),
        pytest.param(
            {
                "call": "mcp",
                "with": {
                    "method": "tools/call",
                    "parameters": {"name": "search"},
                    "transport": {"http": {"endpoint": "https://mcp.example"}},
                },
            },
            "mcp",
            ["tools/call search"],
            id="mcp",
        ),
        pytest.param({"call": "describe:1.0.0@default"}, "function", ["describe:1.0.0"], id="function"),
        pytest.param({"set": {"a": 1, "b": 2}, "if": ".x"}, "set", ["a, b", "if .x"], id="set"),
        pytest.param({"set": "${ .order }"}, "set", [".order"], id="set by expression"),
        pytest.param({"wait": {"hours": 1, "minutes": 30}}, "wait", ["1 h 30 min"], id="wait"),
        pytest.param({"wait": "P1DT2H"}, "wait", ["1 d 2 h"], id="wait by text"),
        pytest.param({"wait": "${ .pause }"}, "wait", [".pause"], id="wait by expression"),
        pytest.param({"wait": "pause"}, "wait", ["pause"], id="wait by what it is not"),
        pytest.param(
            {"emit": {"event": {"with": {"source": "s", "type": "shop.sold"}}}}, "emit", ["shop.sold"], id="emit"
        ),
        pytest.param({"listen": {"to": LISTEN}}, "listen", ["any of a.b, source s until .done"], id="listen"),
        pytest.param({"raise": {"error": "gone"}}, "raise", ["gone"], id="raise by name"),
        pytest.param(
            {"raise": {"error": {"type": "https://e.example/gone", "status": 410}}}, "raise", ["gone 410"], id="raise"
        ),
        pytest.param(
            {"run": {"workflow": {"namespace": "n", "name": "w", "version": "1.0.0"}, "await": False}},
            "workflow",
            ["n.w@1.0.0, not waited for"],
            id="workflow",
        ),
        pytest.param({"run": {"script": {"language": "python", "code": "1"}}}, "script", ["python"], id="script"),
        pytest.param({"run": {"shell": {"command": "ls"}}}, "shell", ["ls"], id="shell"),
        pytest.param(
            {"set": {"a": 1}, "timeout": {"after": {"seconds": 3}}}, "set", ["a", "at most 3 s"], id="timeout"
        ),
        pytest.param(
            {"for": {"each": "x", "in": ".xs"}, "while": "$x.ok", "do": [{"a": {"set": {"b": 1}}}]},
            "for",
            ["each x in .xs while $x.ok"],
            id="for",
        ),
    ],
)  # fmt: skip
def test_a_task_says_what_it_does(task: dict[str, Any], icon: str, lines: list[str]) -> None:
    """In a line for what it does, one for its condition and one for its timeout."""
    [(_, read)] = entries(define({"it": task}).model.do)

    assert icon_of(read) == icon
    assert list(lines_of(read)) == lines


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        ({"cron": "0 2 * * *"}, "cron 0 2 * * *"),
        ({"every": {"minutes": 5}}, "every 5 min"),
        ({"after": "PT1H"}, "1 h after each run"),
        ({"on": {"one": {"with": {"type": "shop.sold"}}}}, "on shop.sold"),
        (None, ""),
    ],
)
def test_a_schedule_says_when(schedule: dict[str, Any] | None, line: str) -> None:
    """It stands at the start."""
    more = {} if schedule is None else {"schedule": schedule}

    assert schedule_line(define({"a": {"set": {"b": 1}}}, **more).model.schedule) == line
