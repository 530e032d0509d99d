"""A definition that was ejected does as Python what it did as a definition: every case, once more."""

import pytest

from .bench import Bench
from .cases import Case, all_cases
from .judging import differences


def _name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", [case for case in all_cases() if case.runs], ids=_name)
async def test_a_package_comes_out_as_its_definition(case: Case, ejected: Bench) -> None:
    """Its code, in the SDK's own worker and sandbox, comes to the end that the case asks for."""
    ran = await ejected.ran(case)

    found = differences(case, ran.outcome)
    assert not found, "\n".join(found)
