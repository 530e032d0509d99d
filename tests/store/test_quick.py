"""Questions over many runs are answered from an index. SQLite tells how; on PostgreSQL they are the same."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tests.store.conftest import settings_for

from everloom.store import (
    ExecutionStatus,
    ProjectId,
    Store,
    Transaction,
    open_store,
)

from .samples import ALWAYS, NOON, minutes

Question = Callable[[Transaction], Awaitable[object]]
OURS = ProjectId("ours")
DONE = ExecutionStatus.COMPLETED
CURSOR = (NOON, "run")


@pytest.fixture
async def sqlite(sqlite_folder: Path) -> AsyncGenerator[Store]:
    """A SQLite store."""
    async with open_store(settings_for(sqlite_folder)) as opened:
        yield opened


async def plan(store: Store, question: Question) -> list[str]:
    """How SQLite answers the one statement that is asked."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    async with store.begin() as tx:
        event.listen(engine.sync_engine, "before_cursor_execute", note)
        await question(tx)
        event.remove(engine.sync_engine, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [str(row["detail"]) for row in rows.mappings()]


PAGES: dict[str, tuple[Question, str]] = {
    "all": (lambda tx: tx.executions.list(OURS), "newest"),
    "page": (lambda tx: tx.executions.list(OURS, before=CURSOR), "newest"),
    "since": (lambda tx: tx.executions.list(OURS, since=NOON), "newest"),
    "status": (lambda tx: tx.executions.list(OURS, status=DONE), "status"),
    "type": (lambda tx: tx.executions.list(OURS, type_name="a.b@1"), "type"),
    "name": (lambda tx: tx.executions.list(OURS, full_name="a.b"), "name"),
}

QUESTIONS: dict[str, tuple[Question, str]] = {
    "open": (lambda tx: tx.executions.list_open(OURS), "_status"),
    "open-of": (lambda tx: tx.executions.list_open(OURS, ["a.b@1"]), "_status"),
    "types": (lambda tx: tx.executions.open_types(OURS), "_status"),
    "count": (lambda tx: tx.executions.count_started(OURS, NOON), "_newest"),
    "find": (lambda tx: tx.executions.find(OURS, "w"), "_autoindex"),
    "between": (lambda tx: tx.executions.list(OURS, since=NOON, until=minutes(9)), "_newest"),
    "activities": (lambda tx: tx.statistics.activities(OURS, *ALWAYS), "_autoindex"),
    "totals": (lambda tx: tx.statistics.projects(OURS, *ALWAYS), "_autoindex"),
    "events": (lambda tx: tx.events.after(5, project_id=OURS), "_position"),
    "all-events": (lambda tx: tx.events.after(5), "PRIMARY KEY"),
    "audit": (lambda tx: tx.audit.list(OURS), "_position"),
    "versions": (lambda tx: tx.versions.load_for_project(OURS), "_autoindex"),
    "version": (lambda tx: tx.versions.find_type(OURS, "a.b@1"), "_autoindex"),
    "get": (lambda tx: tx.versions.get(OURS, "a.b", "1"), "_autoindex"),
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_of_runs_is_read_along_an_index(sqlite: Store, name: str) -> None:
    """Without sorting: the first page of 100,000 runs takes as long as that of a hundred."""
    question, index = PAGES[name]

    (step,) = await plan(sqlite, question)

    assert f"USING INDEX ix_workflow_executions_{index} " in step


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_question_is_answered_from_an_index(sqlite: Store, name: str) -> None:
    """And from the one that fits: SQLite would rather sort along one than look up."""
    question, index = QUESTIONS[name]

    steps = await plan(sqlite, question)

    assert index in steps[0]
    assert "SCAN" not in "".join(steps)
