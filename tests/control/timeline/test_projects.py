"""Runs of projects: read, followed, explained and compared by the names that people use."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.control.publishing.running import paid, served, started
from tests.control.publishing.shop import WAITING, opened, order, published, settings_in
from tests.control.timeline.scenes import at, standing
from tests.waiting import eventually

from everloom.control import Why
from everloom.control.projects import Platform, read_project, run_name
from everloom.control.timeline import (
    compare_project_runs,
    follow_timeline,
    read_timeline,
    why_run,
)
from everloom.settings import Settings
from everloom.store import ProjectMissing, ProjectWorker, WorkerStatus
from everloom.temporal import RunNotFound, TemporalService

TWO_WAYS = """\
    - pick:
        switch:
          - loud:
              when: .loud
              then: shout
    - whisper:
        wait: PT0.01S
        then: end
    - shout:
        wait:
          milliseconds: 10
"""


@pytest.fixture
def project() -> str:
    """The name of a project that no other test has: all tests share one Temporal."""
    return f"ada/shop-{uuid4().hex[:8]}"


@pytest.fixture
async def p(
    settings: Settings, temporal: TemporalService, project: str, tmp_path: Path
) -> AsyncGenerator[Platform]:
    """A platform that has the project."""
    async with opened(settings_in(tmp_path, settings), temporal, project=project) as platform:
        yield platform


async def begun(p: Platform, project: str, text: str, input: Any = None) -> str:
    """The id of a new run of a definition, without the project's queue."""
    workflow_id = await started(p, await published(p, text, project=project), input)
    return run_name((await read_project(p, project)).queue, workflow_id)


async def whole(p: Platform, project: str, id: str) -> str:
    """What Temporal calls a run."""
    return f"{(await read_project(p, project)).queue}/{id}"


async def end(p: Platform, project: str, id: str) -> None:
    """Wait for the end of a run."""
    await p.temporal.workflow_result(await whole(p, project, id), None, None)


async def explained(p: Platform, project: str, id: str, reason: str) -> Why:
    """The answer, once it has that reason."""

    async def look() -> Why:
        found = await why_run(p, project, id)
        assert found.reason == reason, found
        return found

    return await eventually(look, within=15)


async def test_a_timeline_is_in_the_words_of_its_version(p: Platform, project: str) -> None:
    """Names and kinds are those of the definition that the run began with."""
    id = await begun(p, project, order(tasks=WAITING))
    async with served(p, project):
        await explained(p, project, id, "message")
        await paid(p, await whole(p, project, id))
        await end(p, project, id)
        timeline = await read_timeline(p, project, id)

    assert timeline.id == id
    assert timeline.workflow == "shop.order@1.0.0"
    assert [each.kind for each in at(timeline.entries, "/do/0/wait")] == ["listen"]
    assert [each.kind for each in at(timeline.entries, "/do/1/thank")] == ["set"]


async def test_a_timeline_is_followed_by_name(p: Platform, project: str) -> None:
    """To the same end as it is read."""
    id = await begun(p, project, order(tasks=TWO_WAYS), {"loud": True})
    async with served(p, project):
        followed = [entry async for entry in follow_timeline(p, project, id)]
        read = await read_timeline(p, project, id)

    assert standing(followed) == standing(read.entries)
    assert [each.status for each in at(read.entries, "/do/2/shout")] == ["completed"]


async def test_runs_of_other_projects_are_not_found(p: Platform, project: str) -> None:
    """A name is one of its own project."""
    words = f"The project `{project}` has no run 'nobody-started-this'."
    with pytest.raises(RunNotFound, match=words):
        await read_timeline(p, project, "nobody-started-this")
    with pytest.raises(RunNotFound, match=words):
        await why_run(p, project, "nobody-started-this")
    with pytest.raises(RunNotFound, match=words):
        await anext(follow_timeline(p, project, "nobody-started-this"))
    with pytest.raises(ProjectMissing):
        await read_timeline(p, "ada/no-such-shop", "any")


async def test_a_run_without_a_worker_says_how_to_start_it(p: Platform, project: str) -> None:
    """With the name of the project, as it is typed."""
    id = await begun(p, project, order())

    why = await explained(p, project, id, "no-poller")
    await p.temporal.terminate_workflow(await whole(p, project, id), None, "seen")

    assert why.id == id
    assert why.sentence == (
        f"The worker of project `{project}` was never started; "
        f"start it with `everloom projects start {project}`."
    )


async def test_a_run_whose_worker_is_stopped_says_so(p: Platform, project: str) -> None:
    """And on which host it was."""
    found = await read_project(p, project)
    row = ProjectWorker(
        project_id=found.id,
        host="h1",
        status=WorkerStatus.STOPPED,
        last_heartbeat_at=datetime.now(UTC),
    )
    async with p.store.begin() as tx:
        await tx.workers.set(row)
    id = await begun(p, project, order())

    stopped = await explained(p, project, id, "no-poller")
    async with p.store.begin() as tx:
        await tx.workers.set(replace(row, status=WorkerStatus.ERROR, error="No memory is left."))
    failed = await why_run(p, project, id)
    await p.temporal.terminate_workflow(await whole(p, project, id), None, "seen")

    assert f"is stopped; start it with `everloom projects start {project}`." in stopped.sentence
    assert "on host `h1` (a host that is gone)" in stopped.evidence[0]
    assert failed.sentence == f"The worker of project `{project}` has failed: No memory is left."


async def test_what_it_waits_for_is_typed_with_its_project(p: Platform, project: str) -> None:
    """Hints name the run as people call it."""
    id = await begun(p, project, order(tasks=WAITING))
    async with served(p, project):
        why = await explained(p, project, id, "message")
        await p.temporal.cancel_workflow(await whole(p, project, id), None, "seen")

    assert why.task == "/do/0/wait"
    assert why.sentence == "It waits at `wait` (/do/0/wait) for an event `shop.paid`."
    assert f"`everloom runs signal {id} everloom.event EVENT --project {project}`" in why.hint


async def test_a_version_that_is_gone_is_why_nothing_happens(p: Platform, project: str) -> None:
    """Its worker is there, and has nothing to run it with."""
    found = await read_project(p, project)
    id = uuid4().hex[:12]
    code = await published(p, order(), project=project)
    await started(p, replace(code, type_name="shop.order@9.9.9"), id=id)
    async with served(p, project):
        why = await explained(p, project, id, "task-failing")
        await p.temporal.terminate_workflow(f"{found.queue}/{id}", None, "seen")

    assert f"The worker of project `{project}` cannot load `shop.order@9.9.9`" in why.sentence


async def test_runs_of_two_versions_are_compared_by_task(p: Platform, project: str) -> None:
    """The first task at which they part, with its name in both."""
    quiet = await begun(p, project, order(tasks=TWO_WAYS), {"loud": False})
    renewed = order("1.1.0", f"    - extra:\n        set: ${{ . }}\n{TWO_WAYS}")
    loud = await begun(p, project, renewed, {"loud": True})
    async with served(p, project):
        await end(p, project, quiet)
        await end(p, project, loud)
        found = await compare_project_runs(p, project, quiet, loud)

    assert found.parting is not None
    assert (found.a.name, found.b.name) == (quiet, loud)
    assert found.parting.how == "path"
    assert found.parting.a is not None
    assert found.parting.b is not None
    assert (found.parting.a.name, found.parting.a.kind) == ("whisper", "wait")
    assert (found.parting.b.pointer, found.parting.b.name) == ("/do/3/shout", "shout")
