"""Settings of projects and hosts."""

import pytest
from pydantic import ValidationError

from everloom.settings import ProjectSettings


@pytest.mark.parametrize("name", ["local", "a", "a-b", "x9", "a" * 40])
def test_an_owner_is_named_so_that_a_queue_can_begin_with_it(name: str) -> None:
    """Small letters, digits and hyphens."""
    assert ProjectSettings(user=name).user == name


@pytest.mark.parametrize(
    "name", ["", "Ann", "9a", "-a", "a-", "a/b", "a.b", "ä", "a b", "a" * 41, "a\n"]
)
def test_what_could_not_begin_a_queue_is_no_owner(name: str) -> None:
    """Refused where it is set, not where the first project is made."""
    with pytest.raises(ValidationError):
        ProjectSettings(user=name)
