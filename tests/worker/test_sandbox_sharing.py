"""Which workflow files all runs share, and that nothing passes from one run to another over them."""

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from everloom.temporal import TemporalService
from everloom.worker.sandbox.running import runner_for
from everloom.worker.sandbox.sorting import sort_modules

BEGINNING = """
import dataclasses
import enum
import functools
import logging
import re
import time
from datetime import timedelta

from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.common import RetryPolicy

from everloom.authoring import Policy, Workflow, activity_type, call, get_logger, workflow_type

"""

WORKFLOW = """

@workflow_type(name="shared")
class Shared(Workflow[str, str]):
    async def run(self, input: str) -> str:
        {body}
"""

_numbers = itertools.count()

Make = Callable[..., ModuleType]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A module with a workflow in it: what stands above the workflow, and in its `run`."""
    made: list[str] = []
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def write(above: str = "", body: str = "return input") -> ModuleType:
        name = f"sharing_sample_{next(_numbers)}"
        text = BEGINNING + above + WORKFLOW.format(body=body)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        made.append(name)
        return importlib.import_module(name)

    yield write
    for name in made:
        sys.modules.pop(name, None)


def is_shared(module: ModuleType) -> bool:
    """What the sorting says about it."""
    sorting = sort_modules([module.Shared])
    assert module.__name__ in sorting.shared | sorting.afresh
    return module.__name__ in sorting.shared


async def run_twice(temporal: TemporalService, module: ModuleType) -> list[str]:
    """The results of two runs on one worker."""
    queue = f"sharing-{uuid4()}"
    client = await temporal.get_client()
    async with Worker(
        client,
        task_queue=queue,
        workflows=[module.Shared],
        workflow_runner=runner_for([module.Shared]),
    ):
        return [
            await client.execute_workflow(
                "shared", "x", id=f"sharing-{uuid4()}", task_queue=queue, result_type=str
            )
            for _ in range(2)
        ]


@pytest.mark.parametrize(
    "above",
    [
        pytest.param("", id="nothing"),
        pytest.param("LIMIT = timedelta(seconds=3)\nNAMES = ('a', 'b')", id="constants"),
        pytest.param(
            "FAST = Policy(timeout=LIMIT) if (LIMIT := timedelta(1)) else None", id="policy"
        ),
        pytest.param("WORD = re.compile('x')\nlog = get_logger(__name__)", id="pattern-and-log"),
        pytest.param("class Kind(enum.Enum):\n    A = 'a'", id="enum"),
        pytest.param("class Item(BaseModel):\n    tags: list[str] = Field(default=[])", id="model"),
        pytest.param(
            "@dataclasses.dataclass\nclass Item:\n"
            "    tags: list[str] = dataclasses.field(default_factory=list)",
            id="dataclass",
        ),
        pytest.param(
            "@activity_type(name='shared.do')\nasync def do(input: str) -> str:\n    return input",
            id="activity",
        ),
        pytest.param(
            "class Tool:\n    def use(self) -> None:\n        self.used = True", id="class"
        ),
    ],
)
def test_files_that_hold_nothing_changeable_are_shared(make: Make, above: str) -> None:
    """No run pays for importing them."""
    assert is_shared(make(above))


@pytest.mark.parametrize(
    "above",
    [
        pytest.param("SEEN = []", id="list"),
        pytest.param("SEEN: dict[str, int] = {}", id="dict"),
        pytest.param("NESTED = (1, [2])", id="list-in-tuple"),
        pytest.param("class Tool:\n    used = []", id="list-in-class"),
        pytest.param("class Tool:\n    pass\n\n\nTOOL = Tool()", id="object"),
        pytest.param(
            "class Item(BaseModel):\n    n: int = 0\n\n\nITEM = Item()", id="model-object"
        ),
        pytest.param("def count(seen: list[int] = []) -> None: ...", id="default"),
        pytest.param("@functools.cache\ndef costly(n: int) -> int:\n    return n", id="cache"),
        pytest.param("n = 0\n\n\ndef count() -> None:\n    global n\n    n += 1", id="global"),
        pytest.param(
            "class Tool:\n    n = 0\n\n    def use(self) -> None:\n        Tool.n += 1",
            id="class-name",
        ),
        pytest.param(
            "class Tool:\n    n = 0\n\n    def use(self) -> None:\n        type(self).n += 1",
            id="type-of-self",
        ),
        pytest.param(
            "class Tool:\n    n = 0\n\n    @classmethod\n    def use(cls) -> None:\n        cls.n += 1",
            id="class-method",
        ),
        pytest.param("def use() -> None:\n    setattr(timedelta, 'n', 1)", id="setattr"),
        pytest.param(
            "def keeping(seen):\n    def keep(n):\n        seen.append(n)\n    return keep\n\n\n"
            "keep = keeping([])",
            id="closure",
        ),
    ],
)
def test_files_that_hold_something_changeable_are_not(make: Make, above: str) -> None:
    """One run would find what another left there."""
    assert not is_shared(make(above))


async def test_a_run_finds_nothing_of_another(make: Make, temporal: TemporalService) -> None:
    """A list at the top of a workflow file begins anew with each run."""
    module = make("SEEN: list[str] = []", "SEEN.append(input); return str(len(SEEN))")

    assert await run_twice(temporal, module) == ["1", "1"]


async def test_a_shared_file_is_imported_once(make: Make, temporal: TemporalService) -> None:
    """Both runs have the very same class."""
    module = make(body="return str(id(type(self)))")

    first, second = await run_twice(temporal, module)

    assert first == second != str(id(module.Shared))


@pytest.mark.parametrize(
    "clock",
    ["time", "importlib.import_module('time')", "sys.modules['time']", "__import__('time')"],
)
async def test_a_shared_file_is_watched(make: Make, temporal: TemporalService, clock: str) -> None:
    """The clock stays closed to its workflow, by whatever way the file was imported, or the clock."""
    module = make(
        "import importlib, sys\n"
        "from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError\n"
        "from temporalio.exceptions import ApplicationError\n",
        f"\n        try:\n            return str({clock}.time())\n"
        "        except RestrictedWorkflowAccessError as error:\n"
        "            raise ApplicationError(str(error), type='stopped') from None",
    )
    assert is_shared(module)

    with pytest.raises(WorkflowFailureError) as caught:
        await run_twice(temporal, module)

    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "stopped"
    assert "time.time" in cause.message
