"""Definitions of any length, of what definitions are made of: data, calls, conditions, loops, retries."""

from collections.abc import Mapping
from typing import Any

TASKS_EACH = 10
"""Tasks of one part, those within others included."""

Tasks = list[Mapping[str, Any]]


def long_definition(tasks: int, *, mark: int) -> dict[str, Any]:
    """A definition of so many tasks.

    Args:
        tasks: How many, a multiple of ten.
        mark: A number that stands in its expressions, so that nothing about them is known from
            another definition.
    """
    parts = tasks // TASKS_EACH
    do = [task for part in range(parts) for task in _part(part, f"{mark}{part}")]
    document = {"dsl": "1.0.3", "namespace": "bench", "name": "long", "version": "1.0.0"}
    return {"document": document, "do": do}


def _part(part: int, mark: str) -> Tasks:
    """Ten tasks with fourteen expressions, twelve of which no other part has."""
    return [
        {
            f"price{part}": {
                "set": {
                    "total": f"${{ .price * {mark} }}",
                    "label": f'${{ "order {mark}: \\(.name)" }}',
                    "note": f"Part {part}",
                    "parts": "${ .parts }",
                },
                "output": {"as": f"$context + . + {{number: {mark}}}"},
            }
        },
        {f"stock{part}": {"if": f".total > {mark}", **_call("get", part, mark)}},
        {
            f"decide{part}": {
                "switch": [
                    {"large": {"when": f".total > {mark}000", "then": f"large{part}"}},
                    {"usual": {"then": f"usual{part}"}},
                ]
            }
        },
        {
            f"large{part}": {
                "set": {"of": f"${{ .parts | map(select(.price > {mark})) | length }}"},
                "then": f"each{part}",
            }
        },
        {f"usual{part}": {"set": {"of": f"${{ [.parts[]?.price] | add // {mark} }}"}}},
        {
            f"each{part}": {
                "for": {"each": "part", "in": f"$workflow.input.parts[:{mark}]"},
                "do": [{f"weigh{part}": {"set": {"sum": f"${{ .sum + $part.weight * {mark} }}"}}}],
            }
        },
        {
            f"send{part}": {
                "try": [{f"post{part}": _call("post", part, mark)}],
                "catch": {
                    "errors": {"with": {"status": 503}},
                    "retry": {
                        "delay": {"seconds": 1},
                        "backoff": {"exponential": {}},
                        "limit": {"attempt": {"count": 3}},
                    },
                },
            }
        },
        {f"rest{part}": {"wait": {"seconds": 1}}},
    ]


def _call(method: str, part: int, mark: str) -> Mapping[str, Any]:
    return {
        "call": "http",
        "with": {
            "method": method,
            "endpoint": f"https://shop.example/parts/{part}",
            "headers": {"Part": f'${{ .label // "" | ascii_downcase | ltrimstr("{mark}") }}'},
        },
        "output": {"as": f".body + {{{method}: {mark}}}"},
        "timeout": {"after": {"seconds": 30}},
    }
