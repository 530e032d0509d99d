"""Kill -9 anything while an import runs: the table ends as if nothing had happened."""

from decimal import Decimal

import pytest
from tests.mail_platform.whole.site import Row, Site, line
from tests.postgres import Postgres

from mail_platform.models import ImportReport

MANY = 6_000
BATCHES = MANY // 100
LATER_BATCHES = (2, BATCHES // 2)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

LINES = [line(number) for number in range(MANY)]


def undisturbed() -> list[Row]:
    """The table after an import that nothing disturbs, in the order of the ids."""
    rows = [
        (f"sku-{number}", f"Lamp {number}", Decimal(f"{number % 90 + 1}.50"), "Lumen", True)
        for number in range(MANY)
    ]
    return sorted(rows)


def assert_nothing_lost_or_twice(site: Site, report: ImportReport) -> None:
    """Every row once, every batch counted once."""
    assert site.rows() == undisturbed()
    assert report.rows == MANY
    counts = report.counts
    assert (counts.created, counts.updated, counts.unchanged, counts.refused) == (MANY, 0, 0, 0)


@pytest.mark.parametrize("batches", LATER_BATCHES)
async def test_a_killed_worker_costs_nothing(sqlite_site: Site, batches: int) -> None:
    """The worker dies early or halfway; another goes on where it was."""
    run = await sqlite_site.start(sqlite_site.feed(*LINES))
    await sqlite_site.batches(run, batches)

    await sqlite_site.kill_worker()

    assert_nothing_lost_or_twice(sqlite_site, await run.result())


async def test_a_killed_worker_costs_nothing_on_postgresql(postgres_site: Site) -> None:
    """The same on the other database."""
    run = await postgres_site.start(postgres_site.feed(*LINES))
    await postgres_site.batches(run, 5)

    await postgres_site.kill_worker()

    assert_nothing_lost_or_twice(postgres_site, await run.result())


async def test_a_killed_temporal_costs_nothing(sqlite_site: Site) -> None:
    """Temporal dies in the middle and comes back from its database; the worker finds it again."""
    run = await sqlite_site.start(sqlite_site.feed(*LINES))
    await sqlite_site.batches(run, 5)

    await sqlite_site.kill_engine()

    assert_nothing_lost_or_twice(sqlite_site, await run.result())


async def test_a_killed_database_costs_nothing(postgres_site: Site, own_postgres: Postgres) -> None:
    """PostgreSQL dies in the middle and comes back: activities wait for it, the import goes on."""
    run = await postgres_site.start(postgres_site.feed(*LINES))
    await postgres_site.batches(run, 5)

    own_postgres.kill()
    own_postgres.start()

    assert_nothing_lost_or_twice(postgres_site, await run.result())
