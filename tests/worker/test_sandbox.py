"""Workflow code cannot reach clock, chance, environment, files or network, by no detour."""

import gc
import importlib
import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError
from temporalio.workflow import _Definition as Definition
from tests.apps.sealed.workflows import ALLOWED, ATTEMPTS

from everloom.catalog import Catalog, discover
from everloom.settings import CatalogSettings, Settings
from everloom.temporal import TemporalService
from everloom.worker.sandbox import GuardedRunner, runner_for, workflow_runner
from everloom.worker.sandbox.installed import installed_names
from everloom.worker.sandbox.sorting import sort_modules

APPS = Path(__file__).parents[1] / "apps"


@dataclass(frozen=True)
class Sealed:
    """The application, served."""

    client: Client
    queue: str
    runner: GuardedRunner

    async def run(self, name: str, *values: object) -> object:
        """The result of one of its workflows."""
        return await self.client.execute_workflow(
            name, args=values, id=f"sealed-{uuid4()}", task_queue=self.queue
        )


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The application's code."""
    packages = CatalogSettings(packages=("sealed",), paths=(APPS,))
    return discover(Settings(folder=tmp_path_factory.mktemp("sealed"), catalog=packages))


@pytest.fixture(scope="module")
async def served(temporal: TemporalService, catalog: Catalog) -> AsyncGenerator[Sealed]:
    """A worker of the application."""
    client = await temporal.get_client()
    runner = workflow_runner(catalog)
    assert isinstance(runner, GuardedRunner)
    queue = f"sealed-{uuid4()}"
    with ThreadPoolExecutor(2) as threads:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[entry.cls for entry in catalog.workflows],
            activities=[entry.function for entry in catalog.activities],
            activity_executor=threads,
            workflow_runner=runner,
        ):
            yield Sealed(client, queue, runner)


@pytest.mark.parametrize("what", ATTEMPTS)
async def test_what_a_replay_would_not_find_again_is_refused(served: Sealed, what: str) -> None:
    """Clock, chance, environment, files, network, processes and threads are stopped, with remedy."""
    answer = str(await served.run("sealed.try", what))

    assert answer.startswith("refused: Workflow `sealed.try` uses `"), answer
    assert "/sealed/" in answer
    assert ".py:" in answer
    assert "se `" in answer or "ctivity" in answer


@pytest.mark.parametrize("what", ALLOWED)
async def test_what_is_the_same_in_each_replay_is_allowed(served: Sealed, what: str) -> None:
    """The SDK's own clock, pydantic, time zones and pure functions of libraries work."""
    answer = str(await served.run("sealed.try", what))

    assert answer.startswith("done: "), answer


async def test_the_error_says_where_it_was(served: Sealed) -> None:
    """File and line of the application's own code, also when a library or a helper did it."""
    helper = str(await served.run("sealed.try", "helper clock"))
    library = str(await served.run("sealed.try", "library network"))

    tools = APPS / "sealed" / "tools.py"
    line = _line_of(tools, "return time.time()")
    assert f"uses `time.time` at {tools}:{line}," in helper
    assert "Use `workflow.now()`." in helper
    workflows = APPS / "sealed" / "workflows.py"
    line = _line_of(workflows, "lambda: httpx2.get")
    assert f"at {workflows}:{line} (through `httpx2`)," in library
    assert "Move it to an activity." in library


async def test_an_activity_may_do_what_its_workflow_may_not(served: Sealed) -> None:
    """The same function asks for the time where it is allowed to."""
    assert await served.run("sealed.ask")


async def test_modules_that_only_compute_are_imported_once(served: Sealed) -> None:
    """Runs share them with the process, as they share what is installed."""
    await served.run("sealed.count", "first")

    assert await served.run("sealed.count", "second") == ["first", "second"]


async def test_watched_modules_are_imported_once_for_all_runs(served: Sealed) -> None:
    """A run costs no second import of what its file shares with the activities."""
    first = await served.run("sealed.try", "loaded at")

    assert await served.run("sealed.try", "loaded at") == first


async def test_nothing_of_a_run_outlives_it(served: Sealed, catalog: Catalog) -> None:
    """However many runs there were, their copies of the workflow file are gone."""
    found = Definition.must_from_class(catalog.workflows[0].cls)
    before = _copies("sealed.workflows")

    for _ in range(20):
        served.runner.prepare_workflow(found)

    assert _copies("sealed.workflows") <= before


ONLY_ONCE = """
import sys, time
if hasattr(sys, "packed_was_here"):
    raise RuntimeError("once is enough")
sys.packed_was_here = True
def now():
    return time.time()
"""


@pytest.mark.parametrize(
    "init", [ONLY_ONCE, "from .work import Packed"], ids=["works only once", "imports its workflow"]
)
async def test_workflow_files_are_watched_whatever_their_package_does(
    init: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be imported inside the sandbox takes no workflow file with it."""
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "__init__.py").write_text(init, encoding="utf-8")
    (tmp_path / "packed" / "work.py").write_text(PACKED, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "packed_was_here", None, raising=False)
    monkeypatch.delattr(sys, "packed_was_here")
    packed = importlib.import_module("packed.work").Packed
    try:
        runner = runner_for([packed])
        with pytest.raises(RestrictedWorkflowAccessError, match=r"subprocess\.run"):
            runner.prepare_workflow(Definition.must_from_class(packed))
    finally:
        del sys.modules["packed"], sys.modules["packed.work"]


PACKED = """
import subprocess
from temporalio import workflow

subprocess.run(["true"])


@workflow.defn
class Packed:
    @workflow.run
    async def run(self) -> None:
        return None
"""


def test_modules_are_sorted_by_what_they_do(catalog: Catalog) -> None:
    """Pure ones are passed through, others are shared inside, workflow files are afresh."""
    sorting = sort_modules(entry.cls for entry in catalog.workflows)

    assert "sealed.state" in sorting.passed
    assert sorting.shared == {"sealed.tools", "sealed.trusted"}
    assert sorting.afresh == {"sealed.workflows"}
    assert sorting.readings["sealed.tools"].guarded.keys() >= {"time.time", "pathlib.Path"}


def test_what_is_installed_is_computed() -> None:
    """The list names every distribution's modules, and never all modules."""
    names = installed_names()

    assert {"pydantic", "sqlalchemy", "httpx2", "typing_extensions", "yaml"} <= names
    assert not {"tests", "sealed", "time", "os"} & names


def _copies(module: str) -> int:
    gc.collect()
    return sum(type(each) is ModuleType and each.__name__ == module for each in gc.get_objects())


def _line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
