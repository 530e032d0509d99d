"""What an import needs is full or away: a person reads why it waits, and then it goes on by itself."""

import resource
from collections.abc import Generator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from tests.mail_platform.whole.site import Site, line
from tests.postgres import Postgres

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

ROWS = 20_000


@contextmanager
def full_disk(site: Site) -> Generator[None]:
    """No file of the worker's may grow beyond 100 kB, as if the disk had no more room."""
    limit_files(site, 100_000)
    yield
    limit_files(site, resource.RLIM_INFINITY)


def limit_files(site: Site, size: int) -> None:
    """Let no file of the worker's grow beyond so many bytes."""
    resource.prlimit(site.worker.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    for child in site.worker.children():  # after the parent: what starts meanwhile inherits it
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def test_a_full_disk_is_named_and_waited_for(sqlite_site: Site) -> None:
    """The command line says what waits and for what; with room again nothing is missing."""
    request = sqlite_site.feed(*map(line, range(ROWS))).model_copy(update={"batch_rows": ROWS})

    async with sqlite_site.follow(request, f"full-{uuid4()}") as command:
        with full_disk(sqlite_site):
            await command.says("download-file: attempt 2 of 10; the last one failed: ", within=40)
        code = await command.exit_code(within=60)

    said = "\n".join(command.said)
    assert code == 0, said
    assert "the object store is full" in said
    assert "Traceback" not in said
    assert len(sqlite_site.rows()) == ROWS


async def test_a_database_that_is_away_is_named_and_waited_for(
    postgres_site: Site, own_postgres: Postgres
) -> None:
    """The command line names the database without its password; back again, the import goes on."""
    own_postgres.kill()
    request = postgres_site.feed(*map(line, range(250)))

    async with postgres_site.follow(request, f"away-{uuid4()}") as command:
        await command.says("Connection refused", within=40)
        own_postgres.start()
        code = await command.exit_code(within=60)

    said = "\n".join(command.said)
    assert code == 0, said
    assert "upsert-products: attempt " in said
    assert "does not answer" in said
    assert "psycopg" not in said
    assert "only-for-tests" not in said
    assert "Traceback" not in said
    assert len(postgres_site.rows()) == 250
