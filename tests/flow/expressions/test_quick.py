"""What Python evaluates without jq is what jq gives."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.core.expressions import real
from tests.core.expressions.texts import VALUES

from everloom.core.expressions import parse
from everloom.flow.expressions import (
    ExpressionFailed,
    ExpressionOverBudget,
    evaluate,
)
from everloom.flow.expressions.evaluating import use_evaluator
from everloom.flow.expressions.quick import quick

SIMPLE = [
    ".", ".a", ".b", ".a.b", ".k.a?", '.["x"]', ".[0]", ".[-1]", ".a[1]", ".[2].k", "$x", "$x.a", "$y.b", "null",
    "true", "false", "0", "1", "7", "2.5", '"a"', '"é"', '""', "[]", "{}", "{a}", "{$x, b: .a}", "not", "length",
    "type", "first", "last", "tostring", ".[$y]", ".[.k]", 'has("a")', "has(0)", "has($y)",
]  # fmt: skip
FORMS = [
    "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} == {1}", "{0} != {1}", "{0} < {1}", "{0} <= {1}",
    "{0} > {1}", "{0} >= {1}", "{0} and {1}", "{0} or {1}", "{0} // {1}", "({0}) | {1}", "-({0})", "[{0}, {1}]",
    '{{k: ({0}), "x": ({1})}}', "if {0} then {1} else {2} end", "if {0} then {1} elif {2} then {0} end",
    '"<\\({0})>\\({1})"', "({0})[{1}]", "({0}).a", "({0})[0]", "[{0}]", "({0}) // ({1}) // ({2})",
]  # fmt: skip


def _form(form: str, parts: list[str]) -> str:
    return form.format(*parts)


def _formed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(_form, st.sampled_from(FORMS), st.lists(inner, min_size=3, max_size=3))


EXPRESSIONS = st.recursive(st.sampled_from(SIMPLE), _formed, max_leaves=8)


def ours(text: str, input: object, variables: dict[str, object]) -> list[str]:
    try:
        return [json.dumps(evaluate(text, input, variables))]
    except ExpressionFailed:
        return []


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, VALUES, VALUES, VALUES)
@example(".a", {"a": 1.0}, None, None)
@example(".a + 0", {"a": -0.0}, None, None)
@example('"\\(-.a)"', {"a": 0}, None, None)
@example('"\\(.a * 2)"', {"a": 0.5}, None, None)
@example('"\\(.a)"', {"a": 1.0}, None, None)
@example(".a * .b", {"a": 2**53, "b": 3}, None, None)
@example(".a + .b", {"a": 2**53, "b": 1}, None, None)
@example(".a == .b", {"a": True, "b": 1}, None, None)
@example(".a < .b", {"a": False, "b": True}, None, None)
@example(".a < .b", {"a": "\uffff", "b": "\U00010000"}, None, None)
@example(".a + .b", {"a": {"x": 1, "y": 2}, "b": {"y": 3, "z": 4, "x": 5}}, None, None)
@example(".[$y]", [1, 2, 3], None, 1.0)
@example(".[$y]", [1, 2, 3], None, {"a": True})
@example("{b: 1, a: 2, b: 3}", None, None, None)
@example(".a / .b", {"a": 1, "b": 3}, None, None)
@example(".a / .b", {"a": 1, "b": 0}, None, None)
@example(".a - .b", {"a": 0.1, "b": 0.3}, None, None)
@example("length", -2.5, None, None)
@example("length", "e\u0301\U0001f600", None, None)
@example(".", {"a": [1e300, 1e-300, 123456789.125, 2**53, -(2**53), 2**64]}, None, None)
@example(".a // .b", {"a": False, "b": None}, None, None)
@example("1 // (.a.b)", {"a": 1}, None, None)
def test_python_and_jq_agree(text: str, input: object, x: object, y: object) -> None:
    """The same value, of the same types, with the keys in the same order, or a failure of both."""
    variables = {"x": x, "y": y}

    expected = [json.dumps(each) for each in real.first(text, input, variables)]

    assert ours(text, input, variables) == expected


@pytest.mark.parametrize(
    "text",
    [
        ".", ".a.b[0]", "$context.a", ".a == 1", ".a > 1 and .b or .c", ".a // 1", "{a: .b, $x}",
        '"a \\(.b)"', "if .a then .b else .c end", ".a * .b + 1", ".a | length", "[.a, 1]",
        ".a | not", ".items[$index]",
    ],
)  # fmt: skip
def test_what_stands_in_most_definitions_needs_no_jq(text: str) -> None:
    """Paths, comparisons, objects and texts are evaluated in Python."""
    assert quick(parse(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        ".[]", "..", "empty", ".a[1:]", "reduce . as $x (0; 1)", ".a = 1", ".a % 2",
        "@json", "1, 2", "def length: 7; length", ". as $x | $x", "1.0", "$__loc__", "label $l | 1",
        "try .a", "1e400", "map(.)", "range(3)",
    ],
)  # fmt: skip
def test_the_rest_is_left_to_jq(text: str) -> None:
    """What Python might do otherwise is not done in Python."""
    assert quick(parse(text)) is None


def test_a_value_is_a_copy() -> None:
    """What an expression gives is not the input itself: changing one leaves the other."""
    input = {"a": [1, {"b": 2}]}

    value = evaluate(".a", input, {})
    value[1]["b"] = 3

    assert input == {"a": [1, {"b": 2}]}


class Stopping:
    """An evaluator that stops whatever it is asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def run(self, program: str, document: str) -> list[object]:  # noqa: ARG002 - as evaluators have it
        """Stop it."""
        self.asked += 1
        raise ExpressionOverBudget("it was enough")


BOMBS = {
    "copies of copies": "|".join(["[., .]"] * 40),
    "objects of objects": "|".join(["{a: ., b: .}"] * 40),
    "a sum of texts": " + ".join(["$x"] * 60),
    "a longer sum of texts": " + ".join(["$x"] * 2_000),
    "sums of lists": " + ".join(["."] * 60),
    "texts in a text": '"' + r"\($x)" * 2_000 + '"',
    "a text in texts": "|".join([r'"\(.)\(.)"'] * 40),
    "comparisons": "[" + ",".join(["$x < $x"] * 1_000) + "]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_is_left_to_a_process_that_may_be_stopped(name: str) -> None:
    """Nothing stops Python: a short expression could keep a worker busy, and fill its memory."""
    stopping = Stopping()
    use_evaluator(stopping)
    try:
        with pytest.raises(ExpressionOverBudget):
            evaluate(BOMBS[name], list(range(50_000)), {"x": "x" * 500_000})
    finally:
        use_evaluator(None)

    assert stopping.asked == 1
