"""Each kind of mistake is found, once, with its code, its pointer and its place in the text."""

import pytest
from tests.language.checking import cases_of_expressions, cases_of_names, cases_of_shape
from tests.language.checking.marking import codes, marked

from everloom.language import FunctionSignature, check_definition
from everloom.language.codes import AROUND, CODES, READING

CASES = [
    case
    for module in (cases_of_shape, cases_of_names, cases_of_expressions)
    for case in module.CASES
    if case[2]
]
ELSEWHERE = {
    "catalog-function-not-fitting": "test_resources.py",
    "dsl-not-supported": "test_definitions.py",
    "name-reserved": "test_options.py",
    "expression-too-deep": "test_expressions.py",
    "expression-too-long": "test_expressions.py",
    "too-many-tasks": "test_sizes.py",
}
"""Codes whose definitions do not fit a line of a table, and where they are tested."""

CHARGE = FunctionSignature(
    "shop.charge",
    "1.0.0",
    input_schema={
        "type": "object",
        "required": ["amount"],
        "properties": {
            "amount": {"type": "integer"},
            "currency": {"$ref": "#/$defs/Currency"},
        },
        "$defs": {"Currency": {"enum": ["EUR", "USD"]}},
    },
)
FUNCTIONS = {
    "shop.charge:1.0.0": CHARGE,
    "shop.tick:1.0.0": FunctionSignature("shop.tick", "1.0.0", takes_input=False),
    "shop.greet:1.0.0": FunctionSignature("shop.greet", "1.0.0", input_schema={"type": "string"}),
}
WORKFLOWS = ["shop.order@1.0.0", "shop.order@1.1.0"]


@pytest.mark.parametrize(
    ("code", "pointer", "text"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_a_mistake_is_one_problem_at_its_place(code: str, pointer: str, text: str) -> None:
    """One cause gives one problem, and it points at what has to be mended."""
    definition, place = marked(text)

    checked = check_definition(definition, functions=FUNCTIONS, workflows=WORKFLOWS)

    assert codes(checked.problems) == [code]
    problem = checked.problems[0]
    assert (problem.pointer, problem.line, problem.column) == (pointer, *place)
    assert problem.severity == CODES[code].severity
    assert (checked.definition is None) == (problem.severity == "error")


@pytest.mark.parametrize(
    ("code", "pointer", "text"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_a_problem_is_said_in_sentences(code: str, pointer: str, text: str) -> None:
    """What is wrong, and what to do, are sentences in one line."""
    checked = check_definition(marked(text)[0], functions=FUNCTIONS, workflows=WORKFLOWS)

    for problem in checked.problems:
        for said in (problem.message, problem.hint):
            assert "\n" not in said
            assert not said or said.endswith((".", "?"))
            assert not said or said[0] in "`<" or said[0].isupper()


def test_every_code_has_a_test() -> None:
    """A code that no definition brings about is a promise that nobody keeps."""
    tested = {case[0] for case in CASES} | set(ELSEWHERE)

    assert set(CODES) - tested - set(READING) - set(AROUND) == set()
    assert tested <= set(CODES)
