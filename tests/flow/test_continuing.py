"""Runs that continue as new come back to the very turn they left, with everything they had."""

import asyncio
from typing import Any

import pytest

from everloom.settings import Settings
from everloom.temporal import TemporalService

from .serving import definition, run_once

WAIT: dict[str, Any] = {"wait": {"milliseconds": 1}}
BOOM = {"type": "https://tests.example/boom", "status": 418, "title": "Boom"}

NESTED_LOOPS: list[dict[str, Any]] = [
    {"start": {"set": {"sum": 0, "log": []}}},
    {
        "outer": {
            "for": {"each": "a", "in": "[1, 2, 3]"},
            "do": [
                {
                    "note": {
                        "set": {"sum": "${ .sum + $a }", "log": "${ .log + [$a] }"},
                        "export": {"as": "$context + {last: $a}"},
                    }
                },
                {
                    "inner": {
                        "for": {"each": "b", "in": "[10, 20]", "at": "place"},
                        "do": [
                            {"pause": WAIT},
                            {
                                "add": {
                                    "set": {
                                        "sum": "${ .sum + $b * $a + $place }",
                                        "log": "${ .log + [[$a, $b]] }",
                                    }
                                }
                            },
                        ],
                    }
                },
                {"rest": WAIT},
            ],
        }
    },
    {"end": {"set": "${ {sum, log, context: $context, input: $workflow.input} }"}},
]
"""Leaves in the middle of an inner loop, with a context and `$workflow.input` to bring along."""

LOOP_OF_JUMPS: list[dict[str, Any]] = [
    {"count": {"set": {"n": "${ (.n // 0) + 1 }"}}},
    {"pause": WAIT},
    {"more": {"switch": [{"again": {"when": ".n < 9", "then": "count"}}]}},
    {"done": {"set": {"done": "${ .n }"}}},
]

STATE_MACHINE: list[dict[str, Any]] = [
    {"start": {"set": {"n": 0, "path": []}}},
    {"a": {"set": {"n": "${ .n + 1 }", "path": '${ .path + ["a"] }'}}},
    {"pause": WAIT},
    {
        "choose": {
            "switch": [
                {"three": {"when": ".n % 3 == 0", "then": "b"}},
                {"few": {"when": ".n < 12", "then": "a"}},
                {"rest": {"then": "c"}},
            ]
        }
    },
    {"b": {"set": {"n": "${ .n + 2 }", "path": '${ .path + ["b"] }'}}},
    {
        "again": {
            "switch": [
                {"even": {"when": ".n % 2 == 0", "then": "pause"}},
                {"few": {"when": ".n < 12", "then": "a"}},
                {"rest": {"then": "c"}},
            ]
        }
    },
    {"c": {"set": {"n": "${ .n }", "path": "${ .path }"}}},
]

RETRIES: list[dict[str, Any]] = [
    {
        "attempts": {
            "try": [
                {"each": {"for": {"in": "[1, 2, 3]"}, "do": [{"pause": WAIT}]}},
                {"fail": {"raise": {"error": BOOM}}},
            ],
            "catch": {
                "retry": {"limit": {"attempt": {"count": 3}}},
                "as": "problem",
                "do": [
                    {
                        "undo": {
                            "for": {"in": "[1, 2, 3, 4]"},
                            "do": [{"rest": WAIT}, {"keep": {"set": "${ $problem }"}}],
                        }
                    }
                ],
            },
        }
    }
]
"""Leaves within an attempt that is counted, and within what is done about the error."""

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "nested loops": NESTED_LOOPS,
    "a loop of jumps": LOOP_OF_JUMPS,
    "a state machine": STATE_MACHINE,
    "retries and their end": RETRIES,
}


@pytest.mark.parametrize("tasks", SAMPLES.values(), ids=SAMPLES.keys())
async def test_a_run_in_many_links_comes_to_the_same_end(
    tasks: list[dict[str, Any]], settings: Settings, temporal: TemporalService
) -> None:
    """Output and trace are those of a run that never left."""
    often = {"everloom": {"continueAfter": 12}}

    whole, linked = await asyncio.gather(
        run_once(settings, temporal, definition(tasks), given={"q": 1}),
        run_once(settings, temporal, definition(tasks, metadata=often), given={"q": 1}),
    )

    assert (linked.status, linked.output, linked.error) == ("completed", whole.output, None)
    assert linked.trace == whole.trace
    assert linked.history_length < whole.history_length


async def test_a_listener_in_many_links_misses_no_event_and_takes_none_twice(
    settings: Settings, temporal: TemporalService
) -> None:
    """What waits in the inbox, what was heard and what was sent twice all come along."""
    heard: list[dict[str, Any]] = [
        {
            "hear": {
                "listen": {"to": {"any": [{"with": {"type": "a"}}], "until": "length >= 10"}},
                "foreach": {
                    "item": "given",
                    "at": "place",
                    "do": [{"pause": WAIT}, {"keep": {"set": {"v": "${ $given.v + $place }"}}}],
                    "export": {"as": "($context // 0) + .v"},
                },
            }
        },
        {"end": {"set": {"all": "${ map(.v) }", "sum": "${ $context }"}}},
    ]
    events = [
        {"specversion": "1.0", "id": str(n), "source": "s", "type": "a", "data": {"v": n * 10}}
        for n in range(10)
    ]

    outcome = await run_once(
        settings,
        temporal,
        definition(heard, metadata={"everloom": {"continueAfter": 14}}),
        events=[*events[:6], events[2], events[0], *events[6:]],
    )

    expected = [n * 10 + n for n in range(10)]
    assert outcome.output == {"all": expected, "sum": sum(expected)}
    assert outcome.history_length < 60, "it never continued"
