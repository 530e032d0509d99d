"""Projects on one host do not see each other's secrets, and do not run on each other's workers."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.control.publishing.shop import BY, opened, order, published
from tests.worker.compiled_samples import HELLO, sample
from tests.worker.projects.placing import fresh, new_project, result, serving, shelve, start
from typing_extensions import override

from everloom.control.projects import create_project, read_project
from everloom.core import Json
from everloom.flow.expressions import Evaluator, ExpressionOverBudget
from everloom.settings import SecretSettings, Settings
from everloom.steps.secrets import Secrets
from everloom.store import Store
from everloom.temporal import RunFailed, TemporalService
from everloom.worker.projects import FairEvaluator
from everloom.worker.projects.fairness import on_behalf_of

TYPE = "samples.greet@1.0.0"
ADA = {"name": "Ada"}


def secrets_of(folder: Path, *queues: str) -> SecretSettings:
    """A file with a secret of everybody's name, and one for each project."""
    (folder / "secrets.yaml").write_text(
        "token: of nobody\nprojects:\n"
        + "".join(f"  {queue}: {{token: of {queue}}}\n" for queue in queues),
        encoding="utf-8",
    )
    return SecretSettings(file=folder / "secrets.yaml")


@pytest.mark.parametrize("source", ["file", "folder", "variable"])
async def test_a_project_knows_its_own_secrets_only(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever secrets come from; neither those of others nor those of no project."""
    held = secrets_of(tmp_path, "ada-shop")
    if source == "folder":
        (tmp_path / "projects" / "ada-shop").mkdir(parents=True)
        (tmp_path / "projects" / "ada-shop" / "token").write_text("of ada-shop\n")
        (tmp_path / "token").write_text("of nobody")
        held = SecretSettings(folder=tmp_path)
    if source == "variable":
        monkeypatch.setenv("EVERLOOM_SECRET_PROJECT_ADA_SHOP", '{"token": "of ada-shop"}')
        monkeypatch.setenv("EVERLOOM_SECRET_TOKEN", "of nobody")
        held = SecretSettings()
    settings = Settings(secrets=held)

    own = await Secrets(settings, project="ada-shop").read(["token"], permitted=["token"])
    assert own == {"token": "of ada-shop"}
    with pytest.raises(Exception, match="no secret `token` for the project `ada-bank`"):
        await Secrets(settings, project="ada-bank").read(["token"], permitted=["token"])
    if source != "variable":
        with pytest.raises(Exception, match="no secret `projects`"):
            await Secrets(settings).read(["projects"], permitted=["projects"])


ECHO = """\
    - ask:
        call: http
        with:
          method: post
          endpoint: http://127.0.0.1:1/
          body: ${ $secrets.token }
        metadata:
          everloom:
            queue: QUEUE
"""


async def test_a_call_on_the_queue_of_another_project_is_refused(
    place: Settings, temporal: TemporalService
) -> None:
    """It would be done with that project's secrets, though somebody listed the queue for all."""
    thief, victim = f"ada/{fresh('thief')}", f"ada/{fresh('victim')}"
    queue = victim.replace("/", "-")
    listed = place.projects.model_copy(update={"queues": (queue,)})
    careless = place.model_copy(update={"projects": listed})
    async with opened(place, temporal, project=thief) as p:
        await create_project(p, victim, by=BY)
        text = order(tasks=ECHO.replace("QUEUE", queue), rest="use:\n  secrets: [token]\n")
        code = await published(replace(p, settings=careless), text, project=thief)
        projects = [await read_project(p, name) for name in (thief, victim)]
        async with serving(place, temporal, p.store, *projects):
            with pytest.raises(RunFailed, match="is none of the project with the queue"):
                await result(temporal, projects[0], code.type_name, {})


async def test_a_run_on_the_queue_of_another_project_ends_at_once(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """It fails, and is not tried again."""
    ours, theirs = await new_project(store), await new_project(store)
    await shelve(store, theirs, sample(HELLO))

    async with serving(place, temporal, store, ours, theirs) as workers:
        run = await start(temporal, ours, TYPE, ADA, queue=theirs.queue)
        with pytest.raises(RunFailed, match="is none of the project with the queue"):
            await temporal.workflow_result(run, None, None)
        assert workers[1].shelf.versions == ()


class SlowEvaluator(Evaluator):
    """Takes as long as it is let."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked: list[str] = []

    @override
    def run(self, program: str, document: str) -> list[Json]:
        self.asked.append(program)
        if program == "slow":
            self.go_on.wait(10)
        return [program]


async def test_costly_expressions_of_one_project_keep_no_other_waiting() -> None:
    """A second one of the same project is given up, one of another is evaluated."""
    inner = SlowEvaluator()
    fair = FairEvaluator(inner, patience=timedelta(milliseconds=50))

    def run(project: str, program: str) -> list[Json]:
        with on_behalf_of(project):
            return fair.run(program, "null")

    slow = asyncio.create_task(asyncio.to_thread(run, "ada-shop", "slow"))
    while not inner.asked:
        await asyncio.to_thread(threading.Event().wait, 0.01)
    with pytest.raises(ExpressionOverBudget, match="other expressions of its project"):
        await asyncio.to_thread(run, "ada-shop", "quick")
    assert await asyncio.to_thread(run, "ada-bank", "quick") == ["quick"]
    inner.go_on.set()
    assert await slow == ["slow"]
