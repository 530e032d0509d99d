"""Expressions in workflows come to what jq itself makes of them, whoever evaluates them."""

import json
from typing import NamedTuple

from hypothesis import strategies as st
from tests.language.properties.choosing import Chooser
from tests.language.properties.expressions import ExpressionFails
from tests.language.properties.expressions import evaluate as by_jq
from tests.language.properties.gathering import gather
from tests.language.properties.problems import Json, same_json
from tests.language.properties.snippets import RISKY, condition, value
from tests.language.properties.texts import literal

from everloom.flow import ExpressionFailed, evaluate

VARIABLES = ("$item", "$pet", "$pet.a?", "$pet.items[0]?")


class Question(NamedTuple):
    """An expression, and what it is asked on."""

    expression: str
    data: Json
    variables: dict[str, Json]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Expressions over odd data."""
    choose = Chooser(draw)
    descriptor = {"name": "it's", "reference": "/do/0/it's", "input": literal(choose)}
    workflow = {"input": literal(choose), "definition": {"document": {"name": "x"}}}
    variables: dict[str, Json] = {
        "item": literal(choose), "pet": literal(choose), "context": literal(choose, 1),
        "task": descriptor, "workflow": workflow,
    }  # fmt: skip
    known = tuple(f"({each} // null)" for each in VARIABLES)
    written = choose.pick([value(choose, known, 3), condition(choose, known), choose.pick(RISKY)])
    data = {"a": literal(choose), "n": literal(choose, 0), "items": literal(choose)}
    return Question(written, choose.pick([data, literal(choose, 3)]), variables)


def test_an_expression_comes_to_what_jq_makes_of_it() -> None:
    """The same value with its keys in the same order, or a failure of both."""
    for question in gather(questions(), 300):
        try:
            wanted = by_jq(*question)
        except ExpressionFails:
            wanted = ExpressionFails
        try:
            found = evaluate(*question)
        except ExpressionFailed:
            found = ExpressionFails

        assert found is wanted or same_json(found, wanted), question
        assert found is wanted or json.dumps(found) == json.dumps(wanted), question
