"""Which functions of jq are decided on, and where that is told."""

from pathlib import Path

import jq
import pytest

from everloom.core.expressions import AMBIENT, AMBIENT_VARIABLES
from everloom.language.expressions import analyse
from everloom.language.expressions.names import (
    ALLOWED,
    FORBIDDEN_VARIABLES,
    FORMATS,
    REFUSED,
    UNBOUNDED,
)

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "expressions.md"


def of_jq() -> set[str]:
    """Every function that jq says it has, as `name/number of arguments`."""
    program = jq.compile("[builtins]")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    (names,) = program.input_value(None).all()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return set(names[0] if isinstance(names[0], list) else names)  # pyright: ignore[reportUnknownArgumentType]


def call(name: str) -> str:
    """A call of a function."""
    text, _, arguments = name.partition("/")
    given = "; ".join(['"%Y"'] * int(arguments))
    return f"{text}({given})" if given else text


def test_every_function_is_decided_on() -> None:
    """A function that a new jq brings along is neither allowed nor refused until somebody decides."""
    refused = {name for name in of_jq() if name.partition("/")[0] in REFUSED}

    assert of_jq() - ALLOWED - refused - UNBOUNDED.keys() == set()
    assert of_jq() >= ALLOWED


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_what_is_allowed_is_taken(name: str) -> None:
    """Each allowed function can be called."""
    assert analyse(call(name)).problems == ()


@pytest.mark.parametrize("name", sorted(REFUSED) + sorted(UNBOUNDED))
def test_what_is_refused_says_why(name: str) -> None:
    """Each refused function has a reason, with however many arguments it is called."""
    bare, _, arguments = name.partition("/")
    for given in [arguments] if arguments else ["0", "1", "2"]:
        (problem,) = analyse(call(f"{bare}/{given}")).problems
        assert "may not be used:" in problem.message


def test_what_reaches_outside_has_two_locks() -> None:
    """Workflow code that nobody checked is refused the same, save for what only differs in digits."""
    assert {name for name, (why, _) in REFUSED.items() if "last digits" not in why} == AMBIENT
    assert FORBIDDEN_VARIABLES.keys() == AMBIENT_VARIABLES


def test_every_format_works() -> None:
    """Each format can be used."""
    for name in FORMATS:
        assert analyse(f"@{name}").problems == ()


def test_the_page_names_every_function() -> None:
    """What is allowed and what is refused can be looked up."""
    page = PAGE.read_text(encoding="utf-8")
    names = {name.partition("/")[0] for name in (*ALLOWED, *REFUSED, *UNBOUNDED)}

    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
    assert [name for name in sorted(FORMATS) if f"`@{name}`" not in page] == []
