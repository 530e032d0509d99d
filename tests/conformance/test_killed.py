"""What a definition does, it does whatever becomes of its worker: every case, while workers are killed."""

from collections.abc import AsyncGenerator

import pytest

from everloom.temporal import TemporalService

from .cases import Case, all_cases
from .judging import differences
from .killing import SHARES, KilledBench
from .surroundings import Surroundings

CASES = [
    case for case in all_cases() if case.runs and case.not_killed is None and not case.settings
]
"""Those that need settings of their own are about calls, which one process shows as well as two."""

pytestmark = pytest.mark.faults


def _name(case: Case) -> str:
    return case.name


@pytest.fixture(scope="module")
async def killed(temporal: TemporalService, around: Surroundings) -> AsyncGenerator[KilledBench]:
    """All cases, under way at once, while the processes that serve them are killed."""
    async with KilledBench(temporal, around, CASES) as started:
        yield started


@pytest.mark.parametrize("case", CASES, ids=_name)
async def test_a_case_comes_out_the_same_when_its_worker_is_killed(
    case: Case, killed: KilledBench
) -> None:
    """Whoever takes a run over from a lost worker brings it to the same end."""
    ran = await killed.ran(case)

    found = differences(case, ran.outcome)
    assert not found, "\n".join(found)


async def test_the_workers_were_killed(killed: KilledBench) -> None:
    """Otherwise nothing was shown."""
    for case in CASES:
        await killed.ran(case)

    assert killed.killed == len(SHARES)
