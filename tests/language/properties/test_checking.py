"""Generated definitions are right, so the check must find nothing wrong with them."""

import json
from typing import Any

import pytest
import yaml
from tests.language.properties.gathering import generated
from tests.language.properties.problems import same_json
from tests.language.properties.strategies import Case

from everloom.language import check_definition


@pytest.fixture(scope="module")
def found() -> list[Case]:
    """Cases."""
    return generated(100)


class Quoting(yaml.SafeDumper):
    """Writes every text in quotes: what needs them is another matter in YAML 1.1, which it speaks."""


def quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text as a scalar in double quotes."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')  # pyright: ignore[reportUnknownMemberType]


Quoting.add_representer(str, quoted)


def errors_of(source: Any) -> list[str]:
    """What is wrong with a definition, in sentences."""
    return [f"{each.code}: {each.sentence()}" for each in check_definition(source).errors]


def test_nothing_is_wrong_with_them(found: list[Case]) -> None:
    """No error, whatever names, literals and jumps they have."""
    wrong = [
        (errors, definition)
        for case in found
        for definition in (case.definition, *case.others)
        if (errors := errors_of(definition))
    ]

    assert wrong == []


def test_they_are_the_same_as_value_as_json_and_as_yaml(found: list[Case]) -> None:
    """How a definition is written changes nothing of what is read."""
    for case in found[:60]:
        wanted = check_definition(case.definition).definition
        assert wanted is not None
        for text in (
            json.dumps(case.definition),
            json.dumps(case.definition, indent=2).encode(),
            yaml.dump(case.definition, Dumper=Quoting, sort_keys=False),
        ):
            read = check_definition(text).definition

            assert read is not None, (errors_of(text), text)
            assert same_json(read.value, wanted.value), text
