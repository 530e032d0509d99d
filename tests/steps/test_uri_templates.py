"""What becomes of the braces in an endpoint."""

from typing import Any

import pytest

from everloom.flow import Fault, expand_uri


@pytest.mark.parametrize(
    ("template", "data", "uri"),
    [
        ("https://x/pets/{petId}", {"petId": 7}, "https://x/pets/7"),
        ("https://x/pets?status={status}", {"status": "sold & gone"}, "https://x/pets?status=sold%20%26%20gone"),
        ("https://x/{a}/{b}", {"a": "a/b?c#d", "b": "ü~é"}, "https://x/a%2Fb%3Fc%23d/%C3%BC~%C3%A9"),
        ("https://x/{pet.id}", {"pet.id": 1, "pet": {"id": 2}}, "https://x/1"),
        ("https://x/{a}", {}, "https://x/"),
        ("https://x/{a}", {"a": None}, "https://x/"),
        ("https://x/{a}", None, "https://x/"),
        ("https://x/{a}", ["a"], "https://x/"),
        ("https://x/{a}{b}", {"a": True, "b": 1.5}, "https://x/true1.5"),
        ("https://x/{a,b}", {"a": 1, "b": 2}, "https://x/1,2"),
        ("https://x/{a,b}", {"a,b": 3}, "https://x/3"),
        ("https://x/{a}", {"a": "{b}", "b": "no"}, "https://x/%7Bb%7D"),
        ("https://x/?q={a}", {"a": ".."}, "https://x/?q=.."),
        ("https://x/../{a}", {"a": "y"}, "https://x/../y"),
        ("https://x/v{a}.{b}", {"a": "1", "b": "."}, "https://x/v1.."),
        ("no braces", {"a": 1}, "no braces"),
    ],
)  # fmt: skip
def test_a_template_is_filled_in(template: str, data: Any, uri: str) -> None:
    """From the top of the data, encoded, and once."""
    assert expand_uri(template, data) == uri


@pytest.mark.parametrize(
    ("template", "data"),
    [
        ("https://x/{a}", {"a": {"b": 1}}),
        ("https://x/{a}", {"a": [1]}),
        ("https://x/pets/{a}", {"a": ".."}),
        ("https://x/pets/{a}/more", {"a": "."}),
        ("https://x/pets/{a}{b}", {"a": ".", "b": "."}),
    ],
)
def test_what_has_no_place_is_refused(template: str, data: Any) -> None:
    """Lists and objects; and what would lead to another path."""
    with pytest.raises(Fault) as raised:
        expand_uri(template, data)

    assert raised.value.problem["type"].endswith("/expression")
    assert raised.value.problem["status"] == 400
