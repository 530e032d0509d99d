"""No text of a definition becomes code, wherever it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.injection.guard import escapes
from tests.language.injection.making import Object, Texts
from tests.language.injection.payloads import CODE, MARK, PAYLOADS, QUOTED, escaped
from tests.language.injection.places import PLACES, Place
from tests.language.properties.gathering import HUNT

from everloom.language import Compiled, check_definition, compile_definition
from everloom.worker.definitions import load_definition

HUNTING = settings.get_current_profile_name() == HUNT
FEW = 15
PIECES = [
    "'", '"', "'''", '"""', "\\", "\n", "\r", "{", "}", "{{", "}}", "(", ")", "[", "]", ",", ":", ";",
    "#", "%", "$", "@", "=", ".", " ", "    ", "\t", "\f", "\u2028", "\u0085", "\x00", "\x1a", "\ufeff",
    "\\N{DASH}", "\\x22", "\\u0022", "f'", 'r"', "lambda: ", "import os", "def f(): ", "pass", "None",
    "__class__", "é", "\u202e", "\U0001f388", MARK, CODE, QUOTED,
]  # fmt: skip
"""What made-up texts are put together of."""


def by_name(place: Place) -> str:
    """What a test of a place is called."""
    return place.name


def compiled(definition: Object) -> Compiled | None:
    """A definition compiled, unless it is refused."""
    found = check_definition(definition).definition
    return None if found is None else compile_definition(found)


def is_taken(place: Place, text: str) -> bool:
    """Whether a place takes a text."""
    return not check_definition(place.build([text])).errors


def must_not_escape(place: Place, texts: Texts) -> None:
    """Compile a definition with these texts, look at what came out, and import it."""
    definition = place.build(texts)
    found = compiled(definition)
    if found is not None:
        assert escapes(found.source, definition) == [], texts
        load_definition(found).forget()
    assert not escaped(), texts


@pytest.mark.parametrize("place", PLACES, ids=by_name)
def test_no_known_text_escapes(place: Place) -> None:
    """A few at a time, and each for itself where there is room for one only."""
    taken = [text for text in PAYLOADS.values() if is_taken(place, text)]
    size = 1 if place.one else FEW

    for begin in range(0, len(taken), size):
        must_not_escape(place, taken[begin : begin + size])


@pytest.mark.parametrize("place", PLACES, ids=by_name)
def test_no_made_up_text_escapes(place: Place) -> None:
    """Whatever is put together of pieces that mean something to Python."""

    @settings(
        max_examples=400 if HUNTING else 12, derandomize=not HUNTING, deadline=None, database=None
    )
    @given(
        st.lists(
            st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
            min_size=1,
            max_size=2,
            unique=True,
        )
    )
    def hold(texts: list[str]) -> None:
        must_not_escape(place, texts[:1] if place.one else texts)

    hold()
