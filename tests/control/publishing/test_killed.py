"""A publisher that is killed anywhere leaves everything, or nothing; doing it again gives the rest."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from tests.control.publishing.shop import BY, drafted, order
from tests.control.publishing.test_publishing import entries

from everloom.control.projects import Platform
from everloom.control.publishing import activate, list_versions, publish
from everloom.engine import Engine

pytestmark = pytest.mark.faults


@asynccontextmanager
async def publisher(
    p: Platform, project: str, engine: Engine, folder: Path
) -> AsyncGenerator[Process]:
    """A process that publishes when it is told to."""
    said = p.settings.model_dump(mode="json", exclude_defaults=True)
    if p.settings.store.url is not None:
        said["store"] = {"url": p.settings.store.url.get_secret_value()}
    file = folder / "settings.json"
    file.write_text(json.dumps(said))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.control.publishing.publisher"),
        *(str(file), engine.address, project),
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def told(process: Process, words: str) -> str:
    """Let it do something; how that ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{words}\n".encode())
    return (await process.stdout.readline()).decode().strip()


async def test_killed_publisher_leaves_a_version_whole_or_not_at_all(
    both: Platform, project: str, engine: Engine, tmp_path: Path
) -> None:
    """Before every statement and before the commit: version, log, event and activation are one."""
    await drafted(both, order(), project=project)
    tried = 0
    async with publisher(both, project, engine, tmp_path) as process:
        for statement in count(1):
            version = f"1.0.{statement}"
            ended = await told(process, f"publish {version} {statement}")
            await check(both, project, version, is_there=ended == "done")
            await publish(both, project, "shop.order", as_version=version, by=BY, activate=True)
            await check(both, project, version, is_there=True)
            tried += 1
            if ended == "done":
                break

    assert tried > 8, "the statements of a publication"


async def test_killed_activation_leaves_one_active_version(
    both: Platform, project: str, engine: Engine, tmp_path: Path
) -> None:
    """The old one or the new one, and the log says which."""
    await drafted(both, order(), project=project)
    for version in ("1.0.0", "1.1.0"):
        await publish(both, project, "shop.order", as_version=version, by=BY)
    await activate(both, project, "shop.order", "1.0.0", by=BY)
    async with publisher(both, project, engine, tmp_path) as process:
        for statement in count(1):
            ended = await told(process, f"activate 1.1.0 {statement}")

            active = [
                each.code.version
                for each in await list_versions(both, project, "shop.order")
                if each.state == "active"
            ]
            log = await entries(both, "version.activate")
            assert active == ["1.1.0" if ended == "done" else "1.0.0"]
            assert log[0].after == {"version": active[0]}
            if ended == "done":
                break


async def check(p: Platform, project: str, version: str, *, is_there: bool) -> None:
    """A version is there with all that belongs to it, or nothing of it is."""
    type_name = f"shop.order@{version}"
    states = await list_versions(p, project, "shop.order")
    async with p.store.begin() as tx:
        events = [each.type for each in await tx.events.after(0) if each.subject == type_name]
        log = [each.action for each in await tx.audit.list() if each.subject == type_name]
    found = [each for each in states if each.code.version == version]
    told = ["version.activated", "version.published"] if is_there else []
    assert [each.state for each in found] == (["active"] if is_there else [])
    assert sorted(events) == [f"io.everloom.{each}" for each in told]
    assert sorted(log) == (["version.activate", "version.publish"] if is_there else [])
    assert sum(each.state == "active" for each in states) <= 1
