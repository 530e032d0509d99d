"""Regular expressions of filters: the whole text, and never longer than it takes to read it."""

import pytest

from everloom.flow.patterns import pattern_fits


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"com\.shop\..*", "com.shop.order", True),
        (r"com\.shop\..*", "com_shop_order", False),
        ("a|b", "b", True),
        ("a|b", "bc", False),
        ("a|b", "ba", False),
        ("[a-c]+", "abcab\n", False),
        (".+", "a\nb", False),
        ("(?i)abc", "ABC", True),
        ("é+", "éé", True),
        ("plain", "plain", False),
        ("[", "[", False),
        ("(?=a)a", "a", False),
        (r"(a)\1", "aa", False),
        ("a" * 1023 + "?b", "b", False),
        ("a*", "a" * 1025, False),
        ("((a{1000}){1000}){1000}", "a", False),
    ],
)
def test_a_text_fits_a_pattern_as_a_whole(pattern: str, text: str, *, fits: bool) -> None:
    """What is no pattern fits nothing; that it is equal is another matter."""
    assert pattern_fits(pattern, text) is fits


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*", "(.*a){30}", "(a?){500}a{500}"])
def test_no_pattern_takes_long(pattern: str) -> None:
    """Events come from outside: with another engine, one could stop a worker."""
    assert not pattern_fits(pattern, "a" * 1000 + "b")
