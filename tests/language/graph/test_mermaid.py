"""The flowchart: what it shows, and that no text of a definition can become anything but text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.language.graph.drawn import define, get, put, switch

from everloom.language.graph import to_mermaid
from everloom.language.graph.mermaid import safe

_ID = r"[ft]\d+(?:in|out|end)?"
_TEXT = r'"(?:[\w ./,()+\-=?!:\'\u2026]|#\d+;|<br/>)*"'
_SHAPE = rf"(?:\(\[{_TEXT}\]\)|\[{_TEXT}\]|\{{\{{{_TEXT}\}}\}}|\{{{_TEXT}\}}|\(\({_TEXT}\)\))"
GRAMMAR = re.compile(
    rf" *(?:flowchart TD|end|subgraph {_ID}\[{_TEXT}\]|{_ID}{_SHAPE}(?::::\w+)?"
    rf"|{_ID} (?:-->|-\.->)(?:\|{_TEXT}\|)? {_ID}|classDef \w+ [\w:#,\- ]+|class {_ID} \w+)",
    re.ASCII,
)
"""Every line that a chart may have."""

HOSTILE = [
    '"]; click t1 call alert(1)',
    "%%{init: {'securityLevel':'loose'}}%%",
    "<img src=x onerror=alert(1)>",
    "`**bold**` $$x^2$$ fa:fa-car",
    "a\nend\nsubgraph x",
    "1. one",
    "- two",
    "#quot; #35;",
    "\u202eabc\u0000\u2028",
    "end",
]


def test_the_chart_of_a_definition() -> None:
    """Names, what they do, where they lead; a frame for what is inside."""
    definition = define(
        get("read"),
        switch("check", ("big", ".total > 9", "ask"), ("small", None, "end")),
        {"ask": {"do": [{"pause": {"wait": {"seconds": 5}}}], "then": "read"}},
    )

    assert to_mermaid(definition).splitlines()[:14] == [
        "flowchart TD",
        '  f0in(["Start"])',
        '  t1["http: read<br/>GET shop.example/orders"]',
        '  t2{"switch: check"}',
        '  subgraph t3["do: ask"]',
        '    t5["wait: pause<br/>5 s"]',
        "  end",
        '  f0out(["End"])',
        "  f0in --> t1",
        "  t1 --> t2",
        '  t2 -->|"#46;total #62; 9"| t3',
        '  t2 -->|"small"| f0out',
        "  t3 --> t1",
        "  classDef port fill:#888,stroke:#888,color:#888",
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_stays_a_text(name: str) -> None:
    """As the name of a task, of a case, and in what a task does."""
    error = {"type": name, "status": 400, "title": name}
    definition = define(
        put(name),
        {"s": {"switch": [{name: {"when": name, "then": name}}, {f"{name}2": {"then": "end"}}]}},
        {"r": {"raise": {"error": error}}},
        {"t": {"try": [get("c")], "catch": {"as": "e", "when": name}}},
        document={"title": name, "summary": name},
    )

    lines = to_mermaid(definition).splitlines()

    assert [line for line in lines if not GRAMMAR.fullmatch(line)] == []


@given(st.text())
def test_no_text_leaves_its_quotes(text: str) -> None:
    """Whatever it is."""
    assert re.fullmatch(_TEXT, f'"{safe(text)}"', re.ASCII)


def test_equal_definitions_have_equal_charts() -> None:
    """Nothing of it is left to chance."""
    tasks = (get("a"), {"f": {"fork": {"branches": [put("b"), put("c")]}}})

    assert to_mermaid(define(*tasks)) == to_mermaid(define(*tasks))
