"""Lists of tasks become the control flow that a person would write."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from everloom.language import check_definition
from everloom.language.plan import (
    Block,
    Branch,
    Break,
    Continue,
    Do,
    Finish,
    Leave,
    Loop,
    Machine,
    plan_list,
)

SET: dict[str, Any] = {"set": {"a": 1}}
RAISE: dict[str, Any] = {"raise": {"error": {"type": "https://tests.example/e", "status": 500}}}


def to(name: str) -> dict[str, Any]:
    """A task that leads to another."""
    return {**SET, "then": name}


def ways(**cases: str) -> dict[str, Any]:
    """A switch: where each case leads; the last one is for everything else."""
    *some, last = cases.items()
    conditions = [{name: {"when": f".{name}", "then": then}} for name, then in some]
    return {"switch": [*conditions, {last[0]: {"then": last[1]}}]}


def shape(plan: Block | Machine) -> list[Any]:
    """The control flow in a few words."""
    if isinstance(plan, Machine):
        return ["machine", *(node.name for node in plan.nodes)]
    return [part for statement in plan for part in _told(statement)]


def _told(statement: object) -> list[Any]:
    match statement:
        case Do(node):
            return [node.name]
        case Branch(cases):
            return [{" ".join(map(str, labels)): shape(block) for labels, block in cases}]
        case Loop(_, body):
            return [["loop", *shape(body)]]
        case Leave() | Finish() | Continue() | Break():
            return [type(statement).__name__.lower()]
        case _:
            raise AssertionError(statement)


STRAIGHT = pytest.param({"a": SET, "b": SET}, ["a", "b", "leave"], id="one task after the other")
ANY_ORDER = pytest.param(
    {"red": to("green"), "blue": to("end"), "green": to("blue")},
    ["red", "green", "blue", "finish"],
    id="in another order than they stand",
)
LEFT_OUT = pytest.param(
    {"size": ways(big="ask", small="ship"), "ask": SET, "ship": SET},
    ["size", {"big": ["ask"], "small": []}, "ship", "leave"],
    id="a part that is left out",
)
APART = pytest.param(
    {"choose": ways(a="x", b="y"), "x": to("end"), "y": to("end")},
    ["choose", {"a": ["x", "finish"], "b": ["y", "finish"]}],
    id="ways that never meet",
)
POLLING = pytest.param(
    {
        "poll": SET,
        "check": ways(done="use", failed="give up", rest="continue"),
        "wait": to("poll"),
        "give up": RAISE,
        "use": SET,
    },
    [
        ["loop", "poll", "check", {"done": ["break"], "failed": ["give up"], "rest": []}, "wait"],
        "use",
        "leave",
    ],
    id="a loop with two ways out",
)
NESTED = pytest.param(
    {
        "outer": SET,
        "inner": SET,
        "again": ways(more="inner", on="continue"),
        "once more": ways(more="outer", on="continue"),
        "end": SET,
    },
    [
        [
            "loop",
            "outer",
            ["loop", "inner", "again", {"more": [], "on": ["break"]}],
            "once more",
            {"more": [], "on": ["break"]},
        ],
        "end",
        "leave",
    ],
    id="a loop within a loop",
)
INTO_A_LOOP = pytest.param(
    {
        "begin": ways(first="a", second="b"),
        "a": SET,
        "b": SET,
        "back": ways(again="a", on="continue"),
        "end": SET,
    },
    ["machine", "begin", "a", "b", "back", "end"],
    id="a jump into the middle of a loop",
)
SKIPPED = pytest.param(
    {"maybe": {**SET, "if": ".x", "then": "last"}, "only then": SET, "last": SET},
    ["maybe", {"done": [], "None": ["only then"]}, "last", "leave"],
    id="a way that is taken only when the task was done",
)


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [STRAIGHT, ANY_ORDER, LEFT_OUT, APART, POLLING, NESTED, INTO_A_LOOP, SKIPPED],
)
def test_a_list_becomes(tasks: Mapping[str, Any], expected: Sequence[Any]) -> None:
    """Conditions and loops where they can say it, a state machine where they cannot."""
    document = {"dsl": "1.0.3", "namespace": "tests", "name": "plan", "version": "1.0.0"}
    definition = {"document": document, "do": [{name: task} for name, task in tasks.items()]}
    checked = check_definition(definition)
    assert checked.definition is not None, checked.problems

    assert shape(plan_list(checked.definition.model.do)) == expected


def test_a_list_that_would_be_written_again_and_again_becomes_a_machine() -> None:
    """Each of twelve choices leads on by one or by two: no structure keeps that short."""
    tasks: list[dict[str, Any]] = []
    for number in range(12):
        tasks += [
            {f"choose {number}": ways(one=f"step {number}", two=f"choose {number + 1}")},
            {f"step {number}": ways(one=f"choose {number + 1}", two=f"skip {number}")},
            {f"skip {number}": to(f"step {number + 1}" if number < 11 else "choose 12")},
        ]
    tasks.append({"choose 12": SET})
    document = {"dsl": "1.0.3", "namespace": "tests", "name": "plan", "version": "1.0.0"}
    checked = check_definition({"document": document, "do": tasks})
    assert checked.definition is not None, checked.problems

    assert isinstance(plan_list(checked.definition.model.do), Machine)
