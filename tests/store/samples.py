"""Rows for tests: only what a test is about has to be named."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from everloom.store import (
    ActivityStatistics,
    CompiledCode,
    Definition,
    Execution,
    ExecutionStatus,
    Host,
    Project,
    ProjectId,
    ProjectStatistics,
    ProjectWorker,
    Store,
    VersionId,
    WorkerStatus,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))
_numbers = itertools.count()


def minutes(count: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=count)


async def define(store: Store, project: Project, name: str = "order") -> Definition:
    """A definition `shop.{name}` of a project."""
    async with store.begin() as tx:
        return await tx.definitions.create(project.id, "shop", name, "do: []", "ann")


def version(definition: Definition, number: str, **other: Any) -> CompiledCode:
    """A version of a definition, not kept yet."""
    made = CompiledCode(
        id=VersionId(f"version-{next(_numbers)}"),
        definition_id=definition.id,
        project_id=definition.project_id,
        type_name=f"{definition.full_name}@{number}",
        version=number,
        class_name="Order",
        definition="do: [] # ü",
        source="class Order: ...",
        files={"z.py": "1", "a.py": "2"},
        sha256="c0ffee",
        activities=("everloom.http", "send"),
        lines={"/do/0": 12, "/do/1": 20},
        compiler="0.1.0",
        jq="1.8",
        created_at=NOON,
        author="ann",
        note="first",
    )
    return replace(made, **other)


async def publish(
    store: Store, definition: Definition, *numbers: str, **other: Any
) -> list[CompiledCode]:
    """Versions of a definition, each a minute after the one before."""
    made = [
        version(definition, number, **{"created_at": minutes(minute), **other})
        for minute, number in enumerate(numbers)
    ]
    async with store.begin() as tx:
        return [await tx.versions.store(each) for each in made]


def run(project: Project, id: str, minute: float = 0, **other: Any) -> Execution:
    """A run of `shop.order@1.0.0` that started so many minutes after noon."""
    made = Execution(
        project_id=project.id,
        workflow_id=id,
        run_id=f"run-{id}",
        first_run_id=f"run-{id}",
        type_name="shop.order@1.0.0",
        version="1.0.0",
        status=ExecutionStatus.RUNNING,
        started_at=minutes(minute),
    )
    return replace(made, **other)


def completed(execution: Execution, **other: Any) -> Execution:
    """The same run a minute later."""
    ended = {
        "status": ExecutionStatus.COMPLETED,
        "closed_at": execution.started_at + timedelta(minutes=1),
        "duration_ms": 60_000,
    }
    return replace(execution, **{**ended, **other})


def host(name: str = "one", **other: Any) -> Host:
    """A host that was heard of at noon."""
    made = Host(
        name=name,
        pid=7,
        machine="here",
        slots=500,
        projects=1,
        is_draining=False,
        memory_bytes=5 * 1024**3,
        cpu_share=0.25,
        started_at=NOON,
        last_heartbeat_at=NOON,
    )
    return replace(made, **other)


def worker(project_id: ProjectId, **other: Any) -> ProjectWorker:
    """A worker that runs on the host `one`."""
    made = ProjectWorker(
        project_id=project_id,
        host="one",
        status=WorkerStatus.RUNNING,
        started_at=NOON,
        last_heartbeat_at=NOON,
    )
    return replace(made, **other)


def activity(project: Project, **other: Any) -> ActivityStatistics:
    """An activity that ran once in the hour after noon."""
    made = ActivityStatistics(
        project_id=project.id,
        type_name="shop.order@1.0.0",
        activity="everloom.http",
        task="/do/0",
        hour=NOON,
        count=1,
        failures=0,
        retries=0,
        total_ms=12.5,
        cost=0.5,
        histogram={3: 1},
    )
    return replace(made, **other)


def totals(project: Project, **other: Any) -> ProjectStatistics:
    """A run that was started and completed in the hour after noon."""
    made = ProjectStatistics(
        project_id=project.id,
        type_name="shop.order@1.0.0",
        hour=NOON,
        started=1,
        completed=1,
        failed=0,
        canceled=0,
        terminated=0,
        timed_out=0,
        total_ms=100.0,
        cost=0.25,
        histogram={48: 1},
    )
    return replace(made, **other)
