"""Where expressions stand in the values of a definition."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from everloom.flow.expressions import evaluate
from everloom.language.expressions import (
    Expression,
    Literal,
    Template,
    analyse,
    looks_like_expression,
    parse_bare,
    parse_value,
)


@pytest.mark.parametrize(
    ("value", "text", "offset"),
    [
        pytest.param("${ .a }", ".a", 3, id="plain"),
        pytest.param("${.a}", ".a", 2, id="without blanks"),
        pytest.param("  ${ .a }\n", ".a", 5, id="blanks around it"),
        pytest.param("${\n  .a\n  | .b\n}", ".a\n  | .b", 5, id="several lines"),
        pytest.param('${ {a: "}"} }', '{a: "}"}', 3, id="brace in a text"),
        pytest.param("${ {a: {b: 1}} }", "{a: {b: 1}}", 3, id="braces in braces"),
        pytest.param('${ "\\({a: "}"})" }', '"\\({a: "}"})"', 3, id="brace in a text in a text"),
        pytest.param('${ "${ .a }" }', '"${ .a }"', 3, id="mark in a text"),
        pytest.param("${ .a # }\n }", ".a # }", 3, id="brace in a comment"),
        pytest.param("${ 'a' }", "'a'", 3, id="what is no jq"),
        pytest.param('${ "a }', '"a', 3, id="open text"),
        pytest.param("${ [1 }", "[1", 3, id="open bracket"),
        pytest.param("${}", "", 2, id="nothing"),
        pytest.param("${ }", "", 3, id="blank"),
        pytest.param("${ ${ .a } }", "${ .a }", 3, id="mark in the mark"),
    ],
)
def test_a_value_that_is_all_marked_is_an_expression(value: str, text: str, offset: int) -> None:
    """`${ … }` around everything is an expression, whatever stands inside."""
    found = parse_value(value)

    assert found == Expression(text, offset)
    assert value[offset:].startswith(text)


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        pytest.param("a ${ .b } c", ["a ", ".b", " c"], id="in the middle"),
        pytest.param("${ .a } and ${ .b }", [".a", " and ", ".b"], id="two"),
        pytest.param("${ .a }${ .b }", [".a", ".b"], id="two, joined"),
        pytest.param("$${ .a }", ["$", ".a"], id="a dollar before it"),
        pytest.param("${ .a }}", [".a", "}"], id="a brace after it"),
        pytest.param('{"a": "${ .a }"}', ['{"a": "', ".a", '"}'], id="in JSON"),
        pytest.param("a ${ .b } ${ .c", ["a ", ".b", " ${ .c"], id="the second one is open"),
        pytest.param("${ .a } ${ 'b' }", [".a", " ", "'b'"], id="the second one is no jq"),
    ],
)
def test_marks_in_a_longer_text_are_filled_in(value: str, parts: list[str]) -> None:
    """Several marks, or one with a text around it, make a template."""
    found = parse_value(value)

    assert isinstance(found, Template)
    assert [each if isinstance(each, str) else each.text for each in found.parts] == parts
    for each in found.parts:
        if isinstance(each, Expression):
            assert value[each.offset :].startswith(each.text)


@pytest.mark.parametrize(
    "value", ["", "a", ".a", "$a", "{a}", "$ {a}", "${", "${ .a", "a ${ b", "}${", "$(a)", "\\${"]
)
def test_everything_else_stands_for_itself(value: str) -> None:
    """Without a closed mark, a value is what it says."""
    assert parse_value(value) == Literal(value)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        pytest.param("Hello ${ .name }!", "Hello Ada!", id="text"),
        pytest.param("${ .n } of ${ .all }", '3 of [1,"x"]', id="number and list"),
        pytest.param("<${ .nothing }>", "<null>", id="null"),
        pytest.param('"${ .name }"\n\t\\(', '"Ada"\n\t\\(', id="what jq would escape"),
        pytest.param("${ .name # note } \n} ${ .n # \\\n}", "Ada 3", id="comments"),
        pytest.param("é${ .name }\u0001", "éAda\u0001", id="characters"),
        pytest.param('${ {a: "}"} }-', '{"a":"}"}-', id="object"),
        pytest.param("${ .name, .n }!", "Ada!", id="first of several"),
    ],
)
def test_a_template_is_filled_in_as_jq_does(value: str, result: str) -> None:
    """Texts as they are, everything else as JSON."""
    template = parse_value(value)
    assert isinstance(template, Template)
    input = {"name": "Ada", "n": 3, "all": [1, "x"]}

    assert analyse(template.expression).problems == ()
    assert evaluate(template.expression, input, {}) == result


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_data_is_never_evaluated(texts: list[str]) -> None:
    """What is filled in is a text, whatever it looks like."""
    template = parse_value("<${ .[0] }|${ .[1] }>")
    assert isinstance(template, Template)
    filled = [*texts, "${ env }", "\\(env)"][:2]

    assert evaluate(template.expression, filled, {}) == f"<{filled[0]}|{filled[1]}>"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_literal_in_a_template_stays_as_it_is(text: str) -> None:
    """The text around a mark comes out letter for letter."""
    template = parse_value(f"{text}\n${{ 1 }}")
    assume("${" not in text and text.strip())
    assert isinstance(template, Template)

    assert evaluate(template.expression, None, {}) == f"{text}\n1"


@given(st.text())
def test_any_text_is_a_value(text: str) -> None:
    """Reading a value never fails, and loses nothing of it."""
    found = parse_value(text)

    if isinstance(found, Literal):
        assert found.text == text
    bare = parse_bare(text)
    assert bare.text in text


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (".a", Expression(".a", 0)),
        (" .a ", Expression(".a", 1)),
        ("${ .a }", Expression(".a", 3)),
        ("${ .a } | ${ .b }", Expression("${ .a } | ${ .b }", 0)),
        ('"${ .a }"', Expression('"${ .a }"', 0)),
        ("", Expression("", 0)),
    ],
)
def test_a_bare_field_may_be_marked_or_not(text: str, expression: Expression) -> None:
    """Fields that are always expressions mean the same with and without the mark."""
    assert parse_bare(text) == expression


@pytest.mark.parametrize(
    "text",
    [
        ".customer", "$error", ".user.name", ".user.name | ascii_downcase", "$context.a[0]", ".a + 1", " .a ",
        ".items[]", ".a // $b", '.["a b"]', "$workflow.id, 1",
    ],
)  # fmt: skip
def test_a_forgotten_mark_is_noticed(text: str) -> None:
    """What reads data in jq was hardly meant as a text."""
    assert looks_like_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "customer", "a.b", "hello | world", "$5.00", "$", "./run.sh", "../a", "...", ".5", "1.5",
        "/a/b", "${ .a }", "#a", "null", '"a"', "[.a]", "$ cat", ". as $x", ".a b", "$(ls)", ".a é",
    ],
)  # fmt: skip
def test_plain_texts_are_left_alone(text: str) -> None:
    """Prices, paths and words are no expressions."""
    assert not looks_like_expression(text)
