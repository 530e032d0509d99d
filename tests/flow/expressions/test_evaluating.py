"""Evaluating expressions in workflow code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from typing_extensions import override

from everloom.flow.expressions import (
    ExpressionFailed,
    ExpressionOverBudget,
    evaluate,
    truthy,
    use_evaluator,
)


@pytest.mark.parametrize(
    ("text", "input", "value"),
    [
        pytest.param(".a.b", {"a": {"b": 1}}, 1, id="path"),
        pytest.param(".a | map(. + 1)", {"a": [1, 2]}, [2, 3], id="function"),
        pytest.param(".a, .b", {"a": 1, "b": 2}, 1, id="first of several"),
        pytest.param(".[]", [], None, id="no output"),
        pytest.param(".a # note", {"a": 1}, 1, id="comment at the end"),
        pytest.param(".a # note \\", {"a": 1}, 1, id="comment that would go on"),
        pytest.param("$x + $y", None, 3, id="variables"),
        pytest.param("[$x, (5 as $x | $x), $x]", None, [1, 5, 1], id="variable hidden for a while"),
        pytest.param(".v", {"v": "mine"}, "mine", id="fields called as jq's program calls them"),
        pytest.param("[.i, .v]", {"i": 1, "v": 2}, [1, 2], id="both of them"),
        pytest.param('"$x \\($x) $z"', None, "$x 1 $z", id="dollars in texts"),
        pytest.param('.["$z"]', {"$z": 7}, 7, id="dollars in keys"),
        pytest.param("[.[]?]", "text", [], id="errors that are dropped"),
        pytest.param('"\\u0041é\U0001f600"', None, "Aé\U0001f600", id="characters"),
        pytest.param("def f: $x; f", None, 1, id="variable in a function"),
    ],
)
def test_the_first_value_counts(text: str, input: object, value: object) -> None:
    """An expression has the value of its first output."""
    variables = {"x": 1, "y": 2}
    if value is None:
        with pytest.raises(ExpressionFailed, match="has no value"):
            evaluate(text, input, variables)
        return

    assert evaluate(text, input, variables) == value


@pytest.mark.parametrize(
    ("text", "input", "said"),
    [
        pytest.param(".a", [1], 'Cannot index array with string ("a")', id="wrong kind"),
        pytest.param('error("no stock")', None, "no stock", id="error of the author"),
        pytest.param("error(null)", None, "null", id="error without a message"),
        pytest.param('error({a: "b"})', None, '{"a": "b"}', id="error that is an object"),
        pytest.param(".a |", None, "The expression ends", id="no expression"),
        pytest.param("", None, "The expression ends", id="nothing"),
        pytest.param(".a) | (.b", None, "`)` closes nothing", id="brackets of the program"),
        pytest.param("$nobody", None, "no variable `$nobody`", id="unknown variable"),
        pytest.param("nobody", None, "nobody/0 is not defined", id="unknown function"),
        pytest.param(".", {"a": object()}, "no JSON", id="what is no JSON"),
        pytest.param("fromjson", "[" * 400 + "]" * 400, "deeper than 200", id="deep value"),
        pytest.param("fromjson", "[", "Unfinished JSON", id="broken JSON"),
        pytest.param(".a", {"a": "\ud800"}, "surrogate", id="half a character"),
        pytest.param("empty", None, "has no value", id="no value"),
    ],
)
def test_a_failure_says_which_expression_and_why(text: str, input: object, said: str) -> None:
    """Everything that goes wrong is an ExpressionFailed with the expression and jq's reason."""
    with pytest.raises(ExpressionFailed) as failed:
        evaluate(text, input, {})

    assert said in failed.value.message
    assert failed.value.code == "expression-failed"
    assert "\n" not in failed.value.message


@pytest.mark.parametrize(
    "text",
    [
        "env", "$ENV", "$ENV.PATH", "$__prog_args", "env.PATH", "[env]", "input", "[inputs]", "now", "localtime",
        "input_filename", "debug", "stderr", "halt", "halt_error", "get_search_list", '"x" | debug("y")',
        "def f: env; f", "def env: 1; env", "1 as $ENV | $ENV", "{$ENV}", '"\\(env)"', "try env catch .",
        ". as [$x, {a: $ENV}] | 1", "$__loc__ | env", "builtins", 'import "a" as $a {search: "/etc"}; $a',
        'include "a"; 1', "modulemeta", "{a: env | keys}", '.[env | length]', "reduce env as $x (0; 1)",
    ],
)  # fmt: skip
def test_nothing_reaches_outside(text: str) -> None:
    """Unchecked workflow code cannot read environment, clock, files or other inputs either."""
    with pytest.raises(ExpressionFailed):
        evaluate(text, "2", {"ENV": {"PATH": "x"}, "__prog_args": 1})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(1.0, 1, id="whole"),
        pytest.param(0.1, 0.1, id="fraction"),
        pytest.param(2**53, 2**53, id="largest whole number"),
        pytest.param(2**53 + 1, 2**53, id="beyond it, the nearest double"),
        pytest.param(12345678901234567890, 12345678901234567168, id="far beyond it"),
        pytest.param(1e17, 10**17, id="large double"),
        pytest.param(float("inf"), 1.7976931348623157e308, id="infinite"),
        pytest.param(float("nan"), None, id="no number"),
        pytest.param(-0.0, 0, id="minus zero"),
    ],
)
@pytest.mark.parametrize("text", [".", ".[0]", "map(.)", "first"])
def test_numbers_are_what_jq_makes_of_them(text: str, given: float, kept: float) -> None:
    """Numbers are doubles, and whole ones come back as `int`, whichever way they took."""
    value = evaluate(text, [given], {})
    found = value if text in {".[0]", "first"} else value[0]

    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("value", "is_true"),
    [(None, False), (False, False), (0, True), ("", True), ([], True), ({}, True), (True, True)],
)
def test_only_false_and_null_are_false(value: object, is_true: bool) -> None:  # noqa: FBT001 - a table
    """Truth is jq's, not Python's."""
    assert truthy(value) is is_true


def test_only_variables_that_are_mentioned_are_asked_for() -> None:
    """A variable that costs something costs nothing where nobody reads it."""

    class Variables(dict[str, Any]):
        @override
        def __getitem__(self, name: str) -> Any:
            if name == "dear":
                raise AssertionError(name)
            return super().__getitem__(name)

    variables = Variables(cheap=1, dear=2)

    assert evaluate("[$cheap, .[]]", [2], variables) == [1, 2]
    assert evaluate("$cheap", None, variables) == 1


def test_a_deep_input_is_no_fault_of_the_definition() -> None:
    """What Python cannot write as JSON stops the run where it is: another stack may hold it."""
    value: list[Any] = []
    for _ in range(5000):
        value = [value]

    with pytest.raises(ExpressionOverBudget):
        evaluate("map(1)", value, {})
    with pytest.raises(ExpressionOverBudget):
        evaluate(".", value, {})


def test_threads_share_programs() -> None:
    """Many threads evaluate the same and different expressions without mixing them up."""

    def work(seed: int) -> bool:
        return all(
            evaluate(f"[.[] | . + $x] | map(. * {n % 5})", [seed, n], {"x": n})
            == [(seed + n) * (n % 5), 2 * n * (n % 5)]
            for n in range(200)
        )

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))


_ORDER = """
import json
from everloom.flow.expressions import evaluate
value = {f"k{n * 7919 % 61}": n for n in range(60)}
texts = [
    ".", "to_entries", "keys_unsorted", "with_entries(.value += 1)", "del(.k3) | . + {k3: 1, z: 2}",
    "[.[]] | group_by(. % 7)", "[paths]", "map_values(. * 2)", "{b: 1, a: .k5, (.k7 | tostring): 2}",
    "tojson", "[.[] | tostring] | sort | unique", '. * {k9: {a: 1}}', "INDEX(.[]; . % 10)", "@json",
]
print(json.dumps([evaluate(text, value, {}) for text in texts]))
"""


def test_processes_agree() -> None:
    """The same comes out in every process, in the same order, whatever seed its hashes have."""
    found = {
        subprocess.run(
            [sys.executable, "-c", _ORDER],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": str(seed), "TZ": zone, "LC_ALL": "C"},
        ).stdout
        for seed, zone in enumerate(["UTC", "Asia/Tokyo", "America/New_York"])
    }

    assert len(found) == 1


class Asked:
    """An evaluator that remembers what it was asked."""

    def __init__(self) -> None:
        self.programs: list[str] = []

    def run(self, program: str, document: str) -> list[Any]:
        self.programs.append(program)
        assert json.loads(document).keys() == {"v", "i"}
        return ["there"]


@pytest.fixture
def asked() -> Iterator[Asked]:
    """The evaluator that is installed."""
    evaluator = Asked()
    use_evaluator(evaluator)
    yield evaluator
    use_evaluator(None)


def test_what_may_take_long_is_evaluated_elsewhere(asked: Asked) -> None:
    """A costly expression, and a cheap one with a large input, go to the evaluator."""
    large = [{"a": n, "b": [n]} for n in range(20_000)]

    assert evaluate("[range(.)]", 3, {}) == "there"
    assert evaluate("map([.a, .b[]])", large, {}) == "there"
    assert len(asked.programs) == 2


def test_what_is_done_at_once_stays(asked: Asked) -> None:
    """What costs little, or is no work for jq at all, is evaluated in place."""
    large = {"a": 1, "rest": [{"a": n} for n in range(20_000)]}

    assert evaluate("[.[]]", [1], {}) == [1]
    assert evaluate(".a + 1", large, {}) == 2
    assert evaluate("[.a, .a] | map(. + 1)", large, {}) == [2, 2]
    assert asked.programs == []
