"""Which fields and variables an expression reads."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.expressions import real
from tests.core.expressions.texts import EXPRESSIONS, KEYS, VALUES

from everloom.core.expressions import free_variables, parse, reads_of


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param(".a.b", {"a"}, id="path"),
        pytest.param('.["a"].b | .c', {"a"}, id="what comes after is not the input"),
        pytest.param(".a + .b", {"a", "b"}, id="operands"),
        pytest.param("{a, b: .c, (.d): 1}", {"a", "c", "d"}, id="object"),
        pytest.param('"x\\(.a)"', {"a"}, id="text"),
        pytest.param("if .a then .b else .c end", {"a", "b", "c"}, id="if"),
        pytest.param(".a as $x | .b + $x", {"a", "b"}, id="binding"),
        pytest.param("reduce .a[] as $x (.b; . + .c)", {"a", "b"}, id="reduce"),
        pytest.param("try .a catch .b", {"a"}, id="catch sees the error"),
        pytest.param('has("a")', {"a"}, id="has"),
        pytest.param("$x.a", set[str](), id="no input"),
        pytest.param("[.a[.b]]", {"a", "b"}, id="index"),
        pytest.param("any(.a[]; .b)", {"a"}, id="condition of any"),
        pytest.param("if .a then .b end", None, id="if without else"),
        pytest.param(".", None, id="all"),
        pytest.param("keys", None, id="function of the input"),
        pytest.param(".[.a]", None, id="a field that data names"),
        pytest.param(". as $x | $x.a", None, id="input under another name"),
        pytest.param(".a = 1", None, id="assignment"),
        pytest.param("..", None, id="all below"),
        pytest.param(".[]", None, id="all items"),
        pytest.param("@json", None, id="format"),
        pytest.param("def f: .a; f", None, id="own function"),
        pytest.param("map(.a)", None, id="items of the input"),
        pytest.param("[.a, (.b | $__loc__), error(.c)]", {"a", "b", "c"}, id="error"),
    ],
)
def test_fields_are_known_or_any(text: str, fields: set[str] | None) -> None:
    """Either the fields that are read are certain, or none is promised."""
    assert reads_of(parse(text)).input == fields


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, st.dictionaries(KEYS, VALUES, max_size=6), st.dictionaries(KEYS, VALUES))
def test_what_is_not_read_makes_no_difference(
    text: str, input: dict[str, object], x: dict[str, object]
) -> None:
    """Without the fields that are not read, the same comes out."""
    assume(real.refusal(text) is None)
    reads = reads_of(parse(text))
    bare = {key: each for key, each in input.items() if reads.input is None or key in reads.input}
    fields = reads.variables.get("x", frozenset())
    bare_x = {key: each for key, each in x.items() if fields is None or key in fields}

    assert real.outcome(text, bare, bare_x) == real.outcome(text, input, x)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("$a + $b.c + $a", ["a", "b"], id="mentions"),
        pytest.param("1 as $a | $a + $b", ["b"], id="binding"),
        pytest.param("$a as $a | $a", ["a"], id="source of a binding"),
        pytest.param(
            ". as [$a, {b: $c, $d}] ?// $e | $a + $c + $d + $e + $f", ["f"], id="patterns"
        ),
        pytest.param(". as {($a): $b} | $b", ["a"], id="key of a pattern"),
        pytest.param("reduce $a as $x ($x; $x + $b)", ["a", "x", "b"], id="start of reduce"),
        pytest.param("foreach .[] as $x (0; $x; $x + $y)", ["y"], id="foreach"),
        pytest.param("def f($a): $a + $b; f($a)", ["a", "b"], id="parameter"),
        pytest.param("{$a, b: $c}", ["a", "c"], id="object"),
        pytest.param('"\\($a)" + "$b \\u0024c"', ["a"], id="text"),
        pytest.param("label $out | $a, break $out", ["a"], id="label"),
        pytest.param("$__loc__", [], id="place"),
        pytest.param("# $a\n1", [], id="comment"),
    ],
)
def test_free_variables_are_those_that_nothing_binds(text: str, names: list[str]) -> None:
    """What an expression expects from outside is exact."""
    assert sorted(free_variables(parse(text))) == sorted(names)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_jq_misses_a_variable_exactly_when_it_is_free(text: str) -> None:
    """Without a variable `$x`, jq refuses an expression just when `$x` is free in it."""
    assume(real.refusal(text) is None)

    said = real.refusal_without_variables(text)

    assert (said is not None) == ("x" in free_variables(parse(text)))
