"""Which texts a definition refuses where, and how it says so."""

import re
import unicodedata

import pytest
from tests.language.injection.making import Json, Object
from tests.language.injection.payloads import PAYLOADS, escaped
from tests.language.injection.places import PLACES, Place, unreadable

from everloom.language import DefinitionProblem, check_definition


def by_name(place: Place) -> str:
    """What a test of a place is called."""
    return place.name


def errors_of(place: Place, text: str) -> tuple[DefinitionProblem, ...]:
    """What is wrong with a definition that holds the text."""
    return check_definition(place.build([text])).errors


@pytest.mark.parametrize("place", PLACES, ids=by_name)
def test_a_place_refuses_what_it_says_and_nothing_else(place: Place) -> None:
    """A text is refused, or it is a text like any other."""
    wrong = [
        (name, [each.sentence() for each in errors])
        for name, text in PAYLOADS.items()
        for errors in [errors_of(place, text)]
        if place.refuses(text) not in {None, bool(errors)}
    ]

    assert wrong == []
    assert not escaped()


@pytest.mark.parametrize("place", PLACES, ids=by_name)
def test_a_refusal_is_a_sentence_with_a_place(place: Place) -> None:
    """One line that shows what was found without doing to a terminal what the text wants to do."""
    for text in PAYLOADS.values():
        definition = place.build([text])
        for each in check_definition(definition).problems:
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", each.code)
            assert each.message.endswith((".", "?"))
            assert len(each.message) < 400
            assert hidden(each.message + each.hint) == ""
            assert unreadable(text) or leads_somewhere(definition, each.pointer), each


def hidden(text: str) -> str:
    """The characters of a text that steer instead of being seen."""
    return "".join(
        each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )


def leads_somewhere(definition: Object, pointer: str) -> bool:
    """Whether a JSON pointer leads to a part of the definition, or to where one is missing."""
    value: Json = definition
    steps = [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
    for step in steps[:-1]:
        value = value[int(step) if isinstance(value, list) else step]
    return not steps or isinstance(value, dict | list)
