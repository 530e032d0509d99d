"""Expressions that are checked together are judged as each by itself."""

from collections.abc import Sequence

import pytest

from everloom.language.expressions import analyse, analyse_all

RIGHT = [
    ".price * 2",
    ". as $price | [.parts[] | .price] | map(. - $price) | add",
    "$context.total // $input.total",
    "label $found | .items[] | select(.open) | ., break $found",
    ".name # the name",
    '"\\(.first) \\(.last)"',
    "def twice: . * 2; .price | twice",
    ".a, .b",
    "{name, $context}",
]
REFUSED = [".a |", ".a | unknown", "$missing.name | now", "repeat(.)", "{(1): 2}", ""]


def distinct(texts: Sequence[str], mark: str) -> list[str]:
    """The same expressions as nobody has analysed them yet."""
    return [f"{text} # {mark}" if text else text for text in texts]


@pytest.mark.parametrize("number", [1, 2, 3, 300])
def test_many_are_judged_as_each_alone(number: int) -> None:
    """What stands beside an expression changes nothing about it."""
    together = distinct([*RIGHT, *REFUSED] * number, f"many {number}")
    alone = distinct([*RIGHT, *REFUSED], f"lone {number}")

    found = analyse_all(together)

    for both, single in zip(dict.fromkeys(together), alone, strict=True):
        one = analyse(single)
        assert found[both].problems == one.problems
        assert (found[both].variables, found[both].fields) == (one.variables, one.fields)


@pytest.mark.parametrize("place", [0, 70, 300])
def test_what_only_jq_refuses_is_found_among_others(place: int) -> None:
    """Jq's own word counts for the one expression that it is about, wherever that stands."""
    refused = f"{{({place}): .name}}"
    others = [f".part{number} | map(.price > {place})" for number in range(300)]

    found = analyse_all([*others[:place], refused, *others[place:]])

    assert {text for text, each in found.items() if each.problems} == {refused}
    assert found[refused].problems[0].message.startswith("jq refuses it: Cannot use number")
