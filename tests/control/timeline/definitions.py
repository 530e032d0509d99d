"""Definitions that do everything that a timeline tells of."""

from typing import Any

from tests.control.timeline.scenes import call
from tests.flow.serving import definition

BOOM = {"type": "https://tests.example/boom", "status": 418, "title": "Boom"}
NAP: dict[str, Any] = {"wait": {"milliseconds": 20}}
OFTEN = {"everloom": {"continueAfter": 12}}

LOOP: list[dict[str, Any]] = [
    {"prepare": {"set": {"items": [1, 2]}}},
    {"never": {"if": "${ false }", "set": {"a": 1}}},
    {
        "outer": {
            "for": {"in": "${ .items }", "each": "n"},
            "do": [
                {"nap": NAP},
                {
                    "inner": {
                        "for": {"in": "${ [7, 8] }", "each": "m"},
                        "do": [{"say": {**call("echo", {"at": "${ [$n, $m] }"})}}],
                    }
                },
                {"rest": {"set": {"items": "${ [1, 2] }"}}},
            ],
        }
    },
]

CAREFUL: list[dict[str, Any]] = [
    {
        "careful": {
            "try": [{"reserve": call("echo", {"room": 1})}, {"boom": {"raise": {"error": BOOM}}}],
            "catch": {
                "retry": {"delay": {"milliseconds": 20}, "limit": {"attempt": {"count": 2}}},
                "do": [{"release": call("echo", {"room": 0})}, {"note": {"set": {"freed": True}}}],
            },
        }
    },
    {"after": {"set": {"done": True}}},
]

FORK: list[dict[str, Any]] = [
    {
        "both": {
            "fork": {
                "branches": [
                    {"left": {"do": [{"nap": NAP}, {"say": call("echo", {"side": "left"})}]}},
                    {"right": {"do": [{"say": call("echo", {"side": "right"})}]}},
                ]
            }
        }
    },
    {
        "race": {
            "fork": {
                "compete": True,
                "branches": [{"quick": NAP}, {"slow": {"wait": {"hours": 1}}}],
            }
        }
    },
]

JUMPS: list[dict[str, Any]] = [
    {"count": {"set": {"n": "${ (.n // 0) + 1 }"}}},
    {"pause": NAP},
    {"more": {"switch": [{"again": {"when": ".n < 3", "then": "count"}}]}},
    {"limited": {"timeout": {"after": {"seconds": 30}}, "do": [{"say": call("echo", {"n": 1})}]}},
]

CHILD = definition([{"nap": NAP}, {"answer": {"set": {"grown": True}}}], name="child")
FAILING_CHILD = definition([{"boom": {"raise": {"error": BOOM}}}], name="failing")

CHILDREN: list[dict[str, Any]] = [
    {"one": {"run": {"workflow": {"namespace": "tests", "name": "child", "version": "1.0.0"}}}},
    {
        "guarded": {
            "try": [
                {
                    "two": {
                        "run": {
                            "workflow": {
                                "namespace": "tests",
                                "name": "failing",
                                "version": "1.0.0",
                            }
                        }
                    }
                }
            ],
            "catch": {"do": [{"sorry": {"set": {"sorry": True}}}]},
        }
    },
]

EVERYTHING: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "loops": (LOOP, {}),
    "loops over links": (LOOP, {"metadata": OFTEN}),
    "compensation": (CAREFUL, {}),
    "forks": (FORK, {}),
    "jumps over links": (JUMPS, {"metadata": {"everloom": {"continueAfter": 10}}}),
    "children": (CHILDREN, {"children": (CHILD, FAILING_CHILD)}),
    "a fault": ([{"say": call("echo", {"a": 1})}, {"boom": {"raise": {"error": BOOM}}}], {}),
    "retries": (
        [{"try": call("flaky", {"fails": 2}, retry={"attempts": 3, "interval": "50ms"})}],
        {},
    ),
}
