"""How each version of a definition does."""

from datetime import timedelta

import pytest
from tests.control.publishing.recording import counted
from tests.control.publishing.shop import order, published

from everloom.control.projects import Platform
from everloom.control.publishing import score_card


async def test_each_version_has_its_own_figures(p: Platform, project: str) -> None:
    """Hours are added up; the newest version comes first."""
    older = await published(p, order("1.0.0"), project=project)
    newer = await published(p, order("1.1.0"), project=project)
    await counted(p, older, completed=3, failed=1, histogram=[(10, 4)], cost=0.5)
    await counted(p, older, completed=4, histogram=[(20, 4)], cost=0.25, ago=timedelta(hours=5))
    await counted(p, newer, completed=1, histogram=[(0, 1)])

    new, old = await score_card(p, project, "shop.order")

    assert (new.version, new.is_active, new.success, new.p95_ms) == ("1.1.0", True, 1.0, 1.0)
    assert (old.version, old.started, old.ended, old.success) == ("1.0.0", 8, 8, 7 / 8)
    assert (old.p50_ms, old.p95_ms) == (pytest.approx(1.1**10), pytest.approx(1.1**20))
    assert old.cost == pytest.approx(0.75)


async def test_version_without_runs_has_no_share(p: Platform, project: str) -> None:
    """Nothing is made up for it."""
    await published(p, order(), project=project)

    [score] = await score_card(p, project, "shop.order")

    assert (score.started, score.success, score.p50_ms, score.cost) == (0, None, None, 0)


async def test_old_hours_do_not_count(p: Platform, project: str) -> None:
    """Only what lies within the time that is asked about."""
    code = await published(p, order(), project=project)
    await counted(p, code, completed=1, ago=timedelta(days=40))

    [score] = await score_card(p, project, "shop.order")

    assert score.started == 0
