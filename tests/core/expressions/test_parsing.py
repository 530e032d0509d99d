"""The grammar of expressions, held against jq itself."""

import re

import pytest
from hypothesis import assume, example, given, settings
from tests.core.expressions import real
from tests.core.expressions.texts import EXPRESSIONS, NONSENSE, VALUES
from tests.core.expressions.writing import written

from everloom.core.expressions import ExpressionReserved, ExpressionSyntax, ExpressionTooDeep, parse

_AS_WRITTEN = re.compile(r"__loc__|\d\.(?!\d)|\de")
"""What jq shows as it was written: the line of `$__loc__`, and `1.` or `1e2` in texts."""


def refusal(text: str) -> ExpressionSyntax | None:
    try:
        parse(text)
    except ExpressionSyntax as error:
        return error
    return None


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS | NONSENSE)
@example("1 as $x | 2 as $y | [$x,$y,$__loc__]")
@example(". as [$a, {b:$c}] ?// $a | $a")
@example("1 - 1 -1 - -1")
@example('.a.[0]."b"?[]?')
@example("try try 1 catch 2 catch 3")
@example(". # a \\\n still a comment\n | .a")
def test_what_jq_takes_for_an_expression_is_one(text: str) -> None:
    """The parser takes what jq takes, and refuses what jq refuses."""
    said = real.refusal(text)

    ours = refusal(text)

    assume(not isinstance(ours, ExpressionReserved | ExpressionTooDeep))
    assert (ours is not None) == real.is_syntax(said), said


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, VALUES, VALUES)
@example(".[] as $x | 1, 2 | 3", [1, 2], None)
@example("1 + . as $x | $x * 2, 3", 1, None)
@example("-.a.b?, -1 - -2", {"a": 1}, None)
@example('try error("x") // 1', None, None)
@example("1 // 2 // 3 | 4 , 5 // 6", None, None)
@example(".a = 1 | .b |= 2 // 3", {}, None)
@example("def f: 1, 2; f | f, 3", None, None)
@example("true or false and false, 1 < 2 == true", None, None)
def test_brackets_do_not_change_what_an_expression_means(
    text: str, input: object, x: object
) -> None:
    """Written with all brackets that the tree stands for, an expression gives the same in jq."""
    assume(real.refusal(text) is None)
    assume(not _AS_WRITTEN.search(text))
    tree = parse(text)

    assert real.outcome(written(tree), input, x) == real.outcome(text, input, x)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        pytest.param(".a | 'x'", 5, "means nothing", id="single quotes"),
        pytest.param(".a && .b", 3, "means nothing", id="and by signs"),
        pytest.param("(.a", 0, "never closed", id="open bracket"),
        pytest.param('.a + "x', 5, "never closed", id="open text"),
        pytest.param(".a)", 2, "closes nothing", id="bracket that closes nothing"),
        pytest.param("[.a)", 3, "`]` for the `[` at 0", id="wrong bracket"),
        pytest.param('"a\\x"', 2, "no escape", id="unknown escape"),
        pytest.param('"\\ud800"', 1, "no escape", id="half a pair"),
        pytest.param("1 == 2 == 3", 7, "cannot follow", id="two comparisons"),
        pytest.param(".a?//1", 2, "where an operator", id="?// in place of ? //"),
        pytest.param(". as x | 1", 5, "such as `$name`", id="as without a dollar"),
        pytest.param("if . then 1", 11, "`end`", id="if without end"),
        pytest.param("map(.a, )", 8, "where a value", id="comma before nothing"),
        pytest.param("$ x", 2, "right after its `$`", id="blank after the dollar"),
        pytest.param("$$$$x", 0, "jq's own", id="jq's private form"),
        pytest.param('import "a" as a; 1', 0, "reads files", id="import"),
        pytest.param('1 | include "a"; 1', 4, "reads files", id="include further in"),
        pytest.param("{a b}", 3, "`}`", id="two keys without a comma"),
        pytest.param("", 0, "The expression ends", id="nothing"),
        pytest.param("def f: 1;", 9, "The expression ends", id="nothing after a def"),
    ],
)
def test_a_mistake_is_shown_where_it_is(text: str, offset: int, message: str) -> None:
    """Each refusal names the place and what was expected there."""
    error = refusal(text)

    assert error is not None
    assert (error.offset, message in error.message) == (offset, True), error.message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 65 + "." + ")" * 65, id="brackets"),
        pytest.param("[" * 3000 + "]" * 3000, id="very many brackets"),
        pytest.param("-" * 100 + "1", id="signs"),
        pytest.param("try " * 100 + "1", id="words"),
        pytest.param(". as $x | " * 100 + "1", id="bindings"),
        pytest.param("def f: 1; " * 100 + "1", id="definitions"),
        pytest.param(". as " + "[" * 100 + "$x" + "]" * 100 + " | 1", id="patterns"),
        pytest.param('"\\(' * 100 + "1" + ')"' * 100, id="texts"),
        pytest.param("1//1 or 1 and 1==1+1*(" * 40 + "1" + ")" * 40, id="ranks of operators"),
    ],
)
def test_what_nests_too_deep_is_refused(text: str) -> None:
    """However it nests, the walk of a tree stays within the stack."""
    assert isinstance(refusal(text), ExpressionTooDeep)


def test_what_is_long_need_not_be_deep() -> None:
    """Thousands of parts in a row are no nesting."""
    for sign in ("|", ",", "+", "//", " and "):
        parse(sign.join([".a"] * 3000))
    parse(".a" * 3000)
    parse(f"[{','.join(['1'] * 3000)}]")
