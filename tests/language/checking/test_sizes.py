"""Definitions have limits that nobody reaches by writing them."""

from tests.language.checking.marking import check, codes


def test_too_many_tasks_are_refused() -> None:
    """Tasks within tasks count as well."""
    inner = ", ".join(f"{{b{n}: {{wait: PT1S}}}}" for n in range(1_000))
    outer = "\n".join(f"- a{n}: {{wait: PT1S}}" for n in range(999))

    right = check(f"do:\n- all: {{do: [{inner}]}}\n{outer}\n")
    wrong = check(f"do:\n- all: {{do: [{inner}]}}\n{outer}\n- last: {{wait: PT1S}}\n")

    assert right.problems == ()
    assert codes(wrong.problems) == ["too-many-tasks"]


def test_tasks_that_lie_too_deep_are_refused() -> None:
    """One list in another, more often than anybody could read."""

    def nested(depth: int) -> str:
        return "do: [{a: {" * depth + "wait: PT1S" + "}}]" * depth

    assert check(nested(32)).problems == ()
    assert codes(check(nested(33)).problems) == ["too-deep"]
