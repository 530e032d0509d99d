"""Projects with versions in a real store, and workers that serve them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from tests.worker.compiled_samples import Sample

from everloom.authoring import StartOptions
from everloom.settings import Settings
from everloom.store import CompiledCode, Limits, Project, Store, VersionId
from everloom.temporal import TemporalService
from everloom.testing import eventually
from everloom.worker.projects import HostMeans, ProjectWorker


def fresh(word: str) -> str:
    """A name that no other test has."""
    return f"{word}-{uuid4().hex[:12]}"


async def new_project(
    store: Store, name: str | None = None, *, limits: Limits | None = None
) -> Project:
    """A project that nobody else has."""
    async with store.begin() as tx:
        owner = await tx.users.ensure("ada")
        name = name or fresh("shop")
        return await tx.projects.create(owner, name, queue=f"ada-{name}", limits=limits or Limits())


async def shelve(
    store: Store, project: Project, sample: Sample, *, fixes: CompiledCode | None = None
) -> CompiledCode:
    """Keep a compiled sample as a version of a project."""
    full_name, _, version = sample.type_name.partition("@")
    namespace, _, name = full_name.rpartition(".")
    async with store.begin() as tx:
        definition = await tx.definitions.find(project.id, full_name)
        if definition is None:
            definition = await tx.definitions.create(project.id, namespace, name, "", "ada")
        return await tx.versions.store(
            CompiledCode(
                id=VersionId(uuid4().hex),
                definition_id=definition.id,
                project_id=project.id,
                type_name=sample.type_name,
                version=version,
                class_name=sample.class_name,
                definition="",
                source=sample.source,
                files={},
                sha256=sample.sha256,
                activities=sample.activities,
                lines={},
                compiler="test",
                jq="test",
                created_at=datetime.now(UTC),
                author="ada",
                fixes=None if fixes is None else fixes.id,
            )
        )


@asynccontextmanager
async def serving(
    settings: Settings, temporal: TemporalService, store: Store, *projects: Project
) -> AsyncGenerator[list[ProjectWorker]]:
    """The workers of some projects, in this process, while the block lasts."""
    means = HostMeans(settings, store, temporal, fresh("host"))
    client = await temporal.get_client()
    workers = [ProjectWorker(means, project, client) for project in projects]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    await eventually(lambda: all(worker.is_polling for worker in workers))
    try:
        yield workers
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
        await asyncio.gather(*running)


def drained_fast(settings: Settings) -> Settings:
    """Settings whose workers do not wait for activities when they stop."""
    return settings.model_copy(
        update={"hosts": settings.hosts.model_copy(update={"drain": settings.hosts.drain * 0})}
    )


async def start(
    temporal: TemporalService,
    project: Project,
    type_name: str,
    input: object = None,
    *,
    queue: str | None = None,
) -> str:
    """Start a run of a project, on its own queue or on another one; its workflow id."""
    options = StartOptions(id=f"{project.queue}/{fresh('run')}", queue=queue or project.queue)
    await temporal.start_workflow(type_name, input, options)
    return options.id


async def result(
    temporal: TemporalService, project: Project, type_name: str, input: object = None
) -> object:
    """Start a run of a project and wait for its result."""
    workflow_id = await start(temporal, project, type_name, input)
    return await temporal.workflow_result(workflow_id, None, None)


def retyped(sample: Sample, type_name: str) -> Sample:
    """The same workflow under another type."""
    return replace(sample.changed(sample.type_name, type_name), type_name=type_name)
