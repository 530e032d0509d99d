"""Editors get a JSON Schema that agrees with the models, and explains every key."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from tests.language.checking import cases_of_shape
from tests.language.checking.marking import HEAD, marked
from tests.language.checking.test_definitions import PETS

from everloom.language import check_definition, definition_schema
from everloom.language.reading import read

SCHEMA = definition_schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
OF_SHAPE = {
    "key-unknown", "key-missing", "value-empty", "value-wrong-type", "value-not-listed",
    "task-without-kind", "task-with-two-kinds", "not-one-of", "one-name-each",
    "script-language-not-supported", "language-not-supported",
}  # fmt: skip
BEYOND = {
    "/schedule/read", "/do/0/a/raise/error", "/do/0/a/raise/error/status",
}  # fmt: skip
"""What the schema does not say although the models do: it would make it hard to read."""
WRONG = [case for case in cases_of_shape.CASES if case[0] in OF_SHAPE and case[1] not in BEYOND]


def test_it_is_a_schema() -> None:
    """Of the draft that it names, with nobody else's name in it."""
    jsonschema_rs.meta.validate(SCHEMA)

    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert SCHEMA["$id"].startswith("urn:everloom:")
    text = json.dumps({key: value for key, value in SCHEMA.items() if key != "$schema"})
    assert "serverlessworkflow" not in text
    assert "null" not in text.replace("null is a value", "")


def test_equal_models_give_equal_schemas() -> None:
    """Byte for byte, so that a stored one can be compared."""
    assert json.dumps(definition_schema()) == json.dumps(SCHEMA)


def test_a_definition_with_everything_fits() -> None:
    """The schema refuses nothing that the check takes."""
    VALIDATOR.validate(read(PETS).value)


@pytest.mark.parametrize(
    ("code", "pointer", "text"), WRONG, ids=[f"{case[0]}-{n}" for n, case in enumerate(WRONG)]
)
def test_what_is_not_built_right_does_not_fit(code: str, pointer: str, text: str) -> None:
    """An editor underlines it before anybody runs the check."""
    assert not VALIDATOR.is_valid(read(marked(text)[0]).value)


@pytest.mark.parametrize("name", ["AnyKey", "then", "if"])
def test_a_function_may_have_any_name_but_a_standard_one(name: str) -> None:
    """A call is either of the standard or of a function, never both."""
    text = f"{HEAD}use: {{functions: {{{name}: {{wait: PT1S}}}}}}\ndo: [{{a: {{call: {name}}}}}]\n"

    assert check_definition(text).problems == ()
    VALIDATOR.validate(read(text).value)


def described(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every property of a schema, and where it stands."""
    for name, inner in part.get("properties", {}).items():
        yield f"{path}.{name}", inner


def test_every_key_is_explained() -> None:
    """Hovering over a key says what it is for."""
    parts = {"": SCHEMA, **SCHEMA["$defs"]}
    unexplained = [
        place
        for name, part in parts.items()
        for place, inner in described(part, name)
        if not inner.get("description") and "$ref" not in inner
    ]

    assert unexplained == []
    assert [name for name, part in parts.items() if not part.get("description")] == []
    assert [name for name, part in parts.items() if not part.get("title")] == []


def test_what_everloom_is_told_is_in_it() -> None:
    """Options complete like everything else."""
    parts = SCHEMA["$defs"]

    for name, options in (("CallHttp", "TaskOptions"), ("Document", "WorkflowOptions")):
        metadata = parts[name]["properties"]["metadata"]
        assert metadata["properties"]["everloom"] == {"$ref": f"#/$defs/{options}"}
        assert metadata["additionalProperties"] is True
