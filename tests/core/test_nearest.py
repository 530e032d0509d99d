"""Which name did somebody mean?"""

from everloom.core import did_you_mean


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    """A slip of the finger is recognised whatever the case."""
    assert did_you_mean("Wroker", ["worker", "workflows"]) == "Did you mean `worker`?"


def test_a_name_like_no_other_gets_the_list() -> None:
    """Without a near one, all known names are told."""
    assert did_you_mean("zzz", ["store", "api"]) == "Known: `api`, `store`."


def test_where_nothing_is_known_that_is_said() -> None:
    """An empty list is no list of nothing."""
    assert did_you_mean("x", []) == "There are none yet."
