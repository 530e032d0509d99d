"""Migrations: forward and back with data, as the tables in the code say, several at once."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from tests.store.conftest import settings_for

import everloom.store
from everloom.settings import Settings
from everloom.store import Project, Store, StoreOutdated, open_store
from everloom.store.migrating import downgrade, lock, upgrade
from everloom.store.schema import REVISIONS
from everloom.store.tables import metadata

from .samples import NOON, activity, define, publish, run, totals, worker

T = TypeVar("T")
MIGRATIONS = Path(everloom.store.__file__).parent / "migrations"


async def change(store: Store, what: Callable[[Connection], T]) -> T:
    """Do something with a connection in a transaction."""
    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    async with engine.connect() as connection, connection.begin():
        return await connection.run_sync(what)


async def fill(store: Store, project: Project) -> None:
    """A row in every table."""
    (code,) = await publish(store, await define(store, project), "1.0.0")
    async with store.begin() as tx:
        await tx.versions.activate(code.id, NOON)
        await tx.workers.set(worker(project.id))
        await tx.executions.record("a", [run(project, "w")])
        await tx.statistics.add("a", [activity(project)], [totals(project)])
        await tx.events.add("thing.done", "w", {}, project_id=project.id, at=NOON)
        await tx.audit.add("ann", "project.create", "shop", project_id=project.id, at=NOON)


def test_every_revision_is_known_to_the_code() -> None:
    """In the order in which alembic runs them: the quick look at the database goes by this list."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    found = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]

    assert tuple(reversed(found)) == REVISIONS


async def test_the_migrated_tables_are_those_of_the_code(store: Store) -> None:
    """Columns, types, keys and indexes."""

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    assert await change(store, differences) == []


async def test_conditions_of_indexes_are_those_of_the_code(store: Store) -> None:
    """Alembic does not compare them: the one active version hangs on it."""

    def where(connection: Connection) -> list[str]:
        indexes = inspect(connection).get_indexes("workflow_compiled_code")
        return [
            str(value)
            for each in indexes
            for name, value in each.get("dialect_options", {}).items()
            if name.endswith("_where")
        ]

    assert await change(store, where) == ["active"]


async def test_tables_go_forward_and_back_with_data(store: Store, project: Project) -> None:
    """Step by step to nothing, and to all of it again."""
    await fill(store, project)

    for revision in (*reversed(REVISIONS[:-1]), "base"):

        def back(connection: Connection, revision: str = revision) -> None:
            lock(connection)
            downgrade(connection, revision)

        await change(store, back)
    left = await change(store, lambda connection: inspect(connection).get_table_names())
    await change(store, upgrade)

    assert left == ["alembic_version"]
    async with store.begin() as tx:
        owner = await tx.users.ensure("local")
        again = await tx.projects.create(owner, "shop", queue="local-shop")
    await fill(store, again)


async def test_a_migration_that_fails_leaves_nothing(store: Store, project: Project) -> None:
    """Tables and data are as before, on SQLite as well."""
    await fill(store, project)

    def half(connection: Connection) -> None:
        lock(connection)
        downgrade(connection, "base")
        raise KeyError

    with pytest.raises(KeyError):
        await change(store, half)

    async with store.begin() as tx:
        assert await tx.projects.read(project.id) == project
        assert len(await tx.executions.list(project.id)) == 1


async def test_processes_that_start_at_once_make_the_tables_once(bare_settings: Settings) -> None:
    """Each finds them in the end."""

    async def start(number: int) -> None:
        async with open_store(bare_settings) as store, store.begin() as tx:
            await tx.users.create(f"u{number}")

    await asyncio.gather(*(start(number) for number in range(6)))

    async with open_store(bare_settings) as store, store.begin() as tx:
        assert len(await tx.users.list()) == 6


async def test_a_newer_database_is_refused(store: Store, store_settings: Settings) -> None:
    """With what to do; nothing is changed."""
    await change(
        store,
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num='9'")),
    )

    with pytest.raises(StoreOutdated, match="newer Everloom") as caught:
        async with open_store(store_settings):
            pass

    assert "Update" in caught.value.hint


async def test_an_older_postgresql_waits_for_leave(empty_url: str, tmp_path: Path) -> None:
    """Where `store.migrate` is off, whoever administers the database migrates it."""
    with pytest.raises(StoreOutdated, match="revision none") as caught:
        async with open_store(settings_for(tmp_path, empty_url, migrate=False)):
            pass
    assert "store.migrate" in caught.value.hint

    async with open_store(settings_for(tmp_path, empty_url)):
        pass
    async with open_store(settings_for(tmp_path, empty_url, migrate=False)) as store:
        await store.check()


async def test_sqlite_is_always_brought_along(tmp_path: Path) -> None:
    """There is nobody else who would."""
    async with open_store(settings_for(tmp_path, migrate=False)) as store:
        await store.check()
