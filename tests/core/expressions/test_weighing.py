"""What an expression may cost, known beforehand."""

import json
from time import process_time

import pytest
from hypothesis import assume, example, given, settings
from tests.core.expressions import real
from tests.core.expressions.texts import EXPRESSIONS, VALUES

from everloom.core.expressions import IN_PROCESS, nodes, parse, weigh

MOST = 300


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, VALUES, VALUES)
@example("[.,.]|[.,.]|[.,.]|[.,.]", {"a": [1, 2, 3]}, None)
@example(".[] as $x|.[] as $y|[$x,$y]", list(range(12)), None)
@example("..|..", [[[[[[]]]]]], None)
@example("[..]", [[[[[[[[[[[[]]]]]]]]]]]], None)
@example("tojson|tojson|tojson", '"\\\x01', None)
@example("{(.[]|tostring):.[]}", [1, 2, 3], None)
@example("transpose", [[1] * 20, [], [], [], [], [], [], [], []], None)
@example("[tostream]", [[[[[[[[[[1]]]]]]]]]], None)
@example(". * 100", "ab", None)
@example("map(map(.+.)+map(.+.))", [["abc"] * 3] * 4, None)
@example("def d: [.,.]; def e: d|d; e|e", 1, None)
@example("def f(g; $y): g|g|[$y,.]; f([.,.,$x]; .[])", [1, 2], "abc")
@example('[.]|join("abc")', "x", None)
@example("explode", "\U0010ffff" * 9, None)
@example("try error([.,.]) catch [.,.,.]", "abcdefgh", None)
@example("if .[] then [.,.] elif $x[] then . else [.] end", [0, False, 1], [1, None])
@example(".a[.a|keys[]] = $x", {"a": [1, 2, 3]}, "long enough")
@example(".[] |= [.,.]", [1, [2], [[3]]], None)
@example("to_entries|map({(.key):.value})|add", {"a": 1, "b": 2}, None)
@example("any(.[];.[])", [[1], [2]], None)
def test_no_expression_yields_more_than_its_weight(text: str, input: object, x: object) -> None:
    """All that comes out is never larger than what was foretold: a bound is a bound."""
    assume(real.refusal(text) is None)
    weight = weigh(parse(text)).at(len(json.dumps({"x": x, "i": input}, separators=(",", ":"))))
    assume(weight < 10**7)  # the rest is not bounded, or too long to look at

    found = real.outcome(text, input, x, most=MOST)

    assert len(found) <= weight
    assert sum(map(_size, found)) <= weight


def _size(said: str) -> int:
    """How large a value is in JSON: as jq writes it, without blanks."""
    if said.startswith("error"):
        return 1
    value = json.loads(said, parse_int=_number)
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def _number(digits: str) -> float:
    """A number as jq holds it: Python spells out what is written with an exponent."""
    return int(digits) if len(digits) < 17 else float(digits)


@pytest.mark.parametrize(
    "text",
    [
        ".",
        ".a.b",
        ".a == 1 and .b",
        "{a, b: .c, d: $context.e}",
        '"\\(.a) and \\(.b)"',
        "[.items[] | select(.done) | .name]",
        "map(.price * 2) | add",
        ".items | length",
        "sort_by(.a) | first",
        ".a // .b // 3",
        "with_entries(.value)",
        "if .a then .b else .c end",
        ".a = 1",
        ".items[].done = true",
        "del(.a)",
        "[range(100)]",
        "try .a catch null",
        "def f: .a; f",
        "group_by(.a) | map({a: .[0].a, n: length})",
        ".a as {b: $b} | $b",
    ],
)
def test_what_people_write_is_done_at_once(text: str) -> None:
    """Usual expressions with an input of a kilobyte need no process of their own."""
    assert weigh(parse(text)).at(1000) <= IN_PROCESS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("reduce .[] as $x (0; . + $x)", id="reduce"),
        pytest.param("[foreach .[] as $x (0; . + $x)]", id="foreach"),
        pytest.param("[range(.n)]", id="range over data"),
        pytest.param("[range(0; 1e9)]", id="long range"),
        pytest.param('"x" * .n', id="text as often as data says"),
        pytest.param('.n * "x"', id="the other way round"),
        pytest.param(".a * .b", id="perhaps a text"),
        pytest.param(". *= 1e9", id="text, very often"),
        pytest.param('test("a")', id="pattern"),
        pytest.param('[scan("a")]', id="pattern with values"),
        pytest.param('gsub("a"; "b")', id="replacing"),
        pytest.param('split("a"; "g")', id="splitting at a pattern"),
        pytest.param("[combinations]", id="combinations"),
        pytest.param("[paths]", id="paths"),
        pytest.param("[..]", id="all values below"),
        pytest.param("walk(.)", id="walk"),
        pytest.param(".[.n] = 1", id="a place that data names"),
        pytest.param("setpath([.n]; 1)", id="a path that data names"),
        pytest.param(".. |= 1", id="places inside each other"),
        pytest.param("(.a, .a) |= [., .]", id="the same place twice"),
        pytest.param("[.[] as $x | .[] as $y | 1]", id="all with all"),
        pytest.param("{(.a[]): .b[]}", id="products of objects"),
        pytest.param("contains(.a)", id="all in all"),
        pytest.param(".a - .b", id="lists from lists"),
        pytest.param(".[.k]", id="a list in a list"),
        pytest.param("transpose", id="a table that is filled up"),
        pytest.param("|".join(["[.,.]"] * 12), id="doubling"),
        pytest.param("[(.[],.[])|(.[],.[])|(.[],.[])|(.[],.[])|(.[],.[])|(.[],.[])]", id="commas"),
        pytest.param(
            "def a: [.,.]; def b: a|a; def c: b|b; def d: c|c; def e: d|d; e", id="hidden doubling"
        ),
        pytest.param("def f(g): g|g; f(f(f(f([.,.]))))", id="doubling by arguments"),
        pytest.param("fromstream(.[])", id="a stream"),
        pytest.param("def f: f; f", id="a function that calls itself"),
    ],
)
def test_what_may_take_long_is_told_apart(text: str) -> None:
    """Whatever an attacker may write to keep a worker busy weighs too much for it."""
    assert not weigh(parse(text)).at(4000) <= IN_PROCESS


def test_weighing_ends_soon() -> None:
    """An expression cannot be made so that finding out takes long."""
    chains = "".join(f"def f{n}: f{n - 1} | f{n - 1}; " for n in range(1, 30))
    for text in (f"def f0: [.]; {chains} f29", "(" * 60 + ".[]" + "|.[])" * 60):
        assert weigh(parse(text)).at(10) > 0


def test_every_kind_of_node_is_weighed() -> None:
    """No form of the language is forgotten; what has no bound on purpose is named here."""
    unbounded = {"Fold"}
    kinds = {
        "Attempt": "try . catch .",
        "Array": "[.]",
        "Bind": ". as $x | $x",
        "Break": "label $l | break $l",
        "Call": "length",
        "Chain": "1 + 1",
        "Choice": "if . then . end",
        "Comma": "1, 2",
        "Constant": "1",
        "Definition": "def f: 1; f",
        "Descent": "..",
        "Format": "@json",
        "Identity": ".",
        "Label": "label $l | 1",
        "Location": "$__loc__",
        "Negation": "-1",
        "Object": "{a: 1}",
        "Path": ".a[0][1:]?",
        "Pipe": "1 | 2",
        "Text": '"\\(1)"',
        "Variable": "$x",
    }
    no_expressions = {
        "Node", "Suffix", "Pattern", "Entry", "Index", "Slice", "Each", "Guard", "Name", "Items",
        "Member", "Members", "Parameter",
    }  # fmt: skip
    known = {
        name
        for name, kind in vars(nodes).items()
        if isinstance(kind, type) and issubclass(kind, nodes.Node)
    }

    assert known - no_expressions == kinds.keys() | unbounded
    assert all(weigh(parse(text)).at(10) <= IN_PROCESS for text in kinds.values())


LONG = {
    "sum": "+".join([".x"] * 1_900),
    "text": '"' + r"\(.x)" * 1_900 + '"',
    "object": "{" + ",".join(f"a{place}:.x" for place in range(1_500)) + "}",
    "conditions": " and ".join([".x == 1"] * 1_200),
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_expression_is_weighed_about_as_soon_as_it_is_read(name: str) -> None:
    """A worker weighs before it evaluates: what it has no time for, it would never get past."""
    tree = parse(LONG[name])
    began = process_time()

    weigh(tree)

    assert process_time() - began < 2.0, "seconds; with each part set against all others it was 4"
