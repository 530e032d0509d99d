"""A project with published definitions, a worker that records, and everything it can meet."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import yaml
from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.authoring import add_cost
from everloom.control.projects import Platform, create_project, read_project
from everloom.language import FunctionSignature, check_definition, compile_definition
from everloom.settings import Settings
from everloom.store import CompiledCode, Project, Store, VersionId, open_store
from everloom.temporal import TemporalService
from everloom.testing import eventually
from everloom.worker.projects import HostMeans, ProjectWorker
from everloom.worker.recording import Recorder

BY = "ada"
NAMES = ("done", "fails", "retries", "waits", "loops", "parent")
FUNCTIONS = {"shop.charge:1.0.0": FunctionSignature(name="shop.charge", version="1.0.0")}

Tasks = Sequence[Mapping[str, Any]]

CHARGE: Mapping[str, Any] = {
    "call": "shop.charge:1.0.0@default",
    "with": {"fails": "${ .fails // 0 }"},
    "metadata": {"everloom": {"cost": 0.5, "retry": {"attempts": 3, "interval": "1ms"}}},
}
LISTEN: Mapping[str, Any] = {"listen": {"to": {"one": {"with": {"type": "shop.paid"}}}}}

TASKS: Mapping[str, Tasks] = {
    "done": [{"greet": {"set": {"text": '${ "Hello, \\(.name)!" }'}}}],
    "fails": [
        {"refuse": {"raise": {"error": {"type": "https://shop.test/refused", "status": 422}}}}
    ],
    "retries": [{"charge": CHARGE}],
    "waits": [{"wait": LISTEN}],
    "loops": [
        {
            "count": {
                "for": {"each": "n", "in": "${ [range(8)] }"},
                "do": [{"pause": {"wait": {"milliseconds": 1}}}],
            }
        }
    ],
    "parent": [
        {"child": {"run": {"workflow": {"namespace": "shop", "name": "done", "version": "1.0.0"}}}}
    ],
}


@activity.defn(name="shop.charge")
async def charge(given: dict[str, Any]) -> dict[str, Any]:
    """Cost a quarter each time, and fail as often as the input says."""
    add_cost(0.25)
    if activity.info().attempt <= given["fails"]:
        raise ApplicationError("The bank is closed.", type="bank-closed")
    return {"attempt": activity.info().attempt}


@dataclass(frozen=True)
class Bench:
    """A platform with one project."""

    p: Platform
    name: str
    """`owner/name`."""
    project: Project

    @property
    def store(self) -> Store:
        """Where it is kept."""
        return self.p.store


def fresh(word: str) -> str:
    """A name that no other test has."""
    return f"{word}-{uuid4().hex[:8]}"


def definition(name: str, tasks: Tasks, version: str = "1.0.0", **rest: Any) -> dict[str, Any]:
    """A definition in the namespace `shop`."""
    metadata = {"metadata": {"everloom": {"continueAfter": 10}}} if name == "loops" else {}
    document = {"dsl": "1.0.3", "namespace": "shop", "name": name, "version": version, **metadata}
    return {"document": document, "do": list(tasks), **rest}


async def publish(bench: Bench, value: Mapping[str, Any], *, active: bool = True) -> CompiledCode:
    """Keep a definition as a version, compiled with the activity of this bench."""
    text = yaml.safe_dump(dict(value), sort_keys=False)
    checked = check_definition(text, functions=FUNCTIONS)
    assert checked.definition is not None, checked.problems
    compiled = compile_definition(checked.definition, functions=FUNCTIONS)
    now = datetime.now(UTC)
    namespace, name = checked.definition.namespace, checked.definition.name
    async with bench.store.begin() as tx:
        found = await tx.definitions.find(bench.project.id, f"{namespace}.{name}")
        kept = found or await tx.definitions.create(bench.project.id, namespace, name, text, BY)
        code = await tx.versions.store(
            CompiledCode(
                id=VersionId(uuid4().hex),
                definition_id=kept.id,
                project_id=bench.project.id,
                type_name=compiled.type_name,
                version=checked.definition.version,
                class_name=compiled.class_name,
                definition=text,
                source=compiled.source,
                files={},
                sha256=compiled.sha256,
                activities=compiled.activities,
                lines=compiled.source_map,
                compiler="test",
                jq="test",
                created_at=now,
                author=BY,
            )
        )
        if active:
            await tx.versions.activate(code.id, now)
    return code


async def publish_all(bench: Bench, *names: str) -> None:
    """Publish definitions of this bench; all without a name."""
    for name in names or NAMES:
        await publish(bench, definition(name, TASKS[name]))


@asynccontextmanager
async def opened(
    settings: Settings, temporal: TemporalService, *, name: str | None = None
) -> AsyncGenerator[Bench]:
    """A platform with a project of its own."""
    async with open_store(settings) as store:
        p = Platform(settings, store, temporal)
        yield await another(p, name)


async def another(p: Platform, name: str | None = None) -> Bench:
    """Another project on the same platform."""
    name = name or f"ada/{fresh('shop')}"
    await create_project(p, name, by=BY)
    return Bench(p, name, await read_project(p, name))


@asynccontextmanager
async def serving(bench: Bench, recorder: Recorder | None = None) -> AsyncGenerator[ProjectWorker]:
    """The project's worker in this process, which records, while the block lasts."""
    p = bench.p
    hosts = p.settings.hosts.model_copy(update={"drain": timedelta(0)})
    settings = p.settings.model_copy(update={"hosts": hosts})
    means = HostMeans(
        settings, p.store, p.temporal, fresh("host"), activities=[charge], records=recorder
    )
    worker = ProjectWorker(means, bench.project, await p.temporal.get_client())
    running = asyncio.create_task(worker.run())
    await eventually(lambda: worker.is_polling)
    try:
        yield worker
    finally:
        await worker.stop()
        await running


@asynccontextmanager
async def recording(bench: Bench, **options: Any) -> AsyncGenerator[Recorder]:
    """A worker of the project, and what records it."""
    async with (
        Recorder(bench.store, settings=bench.p.settings, **options) as recorder,
        serving(bench, recorder),
    ):
        yield recorder
