"""B5: what does control flow cost in the history of a run?"""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from .definitions import compiled, definitions_worker
from .harness import Benchmark, Figure, Options, Reach, Result
from .projects.nesting_interpreter import Job, NestingInterpreter
from .serving import engine

QUEUE = "bench-compiled"
PEER_QUEUE = "bench-interpreter"
PASSES = 100
BRANCHES = 10

NONE = Reach("measured", "<=", 0)


@dataclass(frozen=True)
class Case:
    """Tasks, and how many calls are in them."""

    name: str
    calls: int
    do: list[dict[str, Any]]

    @property
    def value(self) -> Mapping[str, Any]:
        """The definition."""
        name = "-".join(self.name.split())
        document = {"dsl": "1.0.3", "namespace": "bench", "name": name, "version": "1.0.0"}
        return {"document": document, "do": self.do}


@activity.defn(name="bench.note")
async def note(given: dict[str, int]) -> dict[str, int]:
    """Take a number, unless it is below zero."""
    if given["number"] < 0:
        raise ApplicationError("Nothing below zero.", category=ApplicationErrorCategory.BENIGN)
    return given


def _call(number: int | str) -> dict[str, Any]:
    return {"call": "bench.note:1.0.0@default", "with": {"number": number}}


def _loop(task: dict[str, Any]) -> list[dict[str, Any]]:
    loop = {"each": "item", "in": f"[range({PASSES})]"}
    return [{"passes": {"for": loop, "do": [{"pass": task}]}}]


def _fork() -> list[dict[str, Any]]:
    branches = [{f"branch{number}": _call(number)} for number in range(BRANCHES)]
    return [{"all": {"fork": {"branches": branches}}}]


def _try(number: int) -> list[dict[str, Any]]:
    instead = [{"give": {"set": {"number": 0}}}]
    return [{"safe": {"try": [{"note": _call(number)}], "catch": {"do": instead}}}]


CASES = (
    Case(f"loop of {PASSES} sets", 0, _loop({"set": {"last": "${ $item }"}})),
    Case(f"loop of {PASSES} calls", PASSES, _loop(_call("${ $item }"))),
    Case(f"fork of {BRANCHES} calls", BRANCHES, _fork()),
    Case("try of a call", 1, _try(1)),
    Case("try of a call that fails", 1, _try(-1)),
)


async def measure(_: Options) -> Result:
    """Run each case once on both sides: what is counted does not depend on the hour."""
    sources = [compiled(case.value) for case in CASES]
    async with (
        engine() as server,
        definitions_worker(server.address, QUEUE, sources, [note]) as client,
        _interpreter(server.address) as peer,
    ):
        figures = [
            Figure(
                case.name,
                await _extra(client, await _run(client, source.type_name, {}, QUEUE), case),
                await _extra(peer, await _interpreted(peer, case), case),
                "events",
                NONE,
            )
            for case, source in zip(CASES, sources, strict=True)
        ]
    return Result(
        tuple(figures),
        (
            (
                "Extra: all events but the first and the last of the run, three of each call, and three "
                "of each workflow task that the start or the end of a call brings about."
            ),
        ),
    )


@asynccontextmanager
async def _interpreter(address: str) -> AsyncGenerator[Client]:
    client = await Client.connect(address)
    async with Worker(
        client,
        task_queue=PEER_QUEUE,
        workflows=[NestingInterpreter],
        activities=[note],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield client


async def _interpreted(client: Client, case: Case) -> str:
    return await _run(client, "bench.nesting-interpreter", Job(case.do, {}), PEER_QUEUE)


async def _run(client: Client, workflow: str, given: object, queue: str) -> str:
    """Run a workflow to its end; its id."""
    id = f"bench-{uuid4()}"
    await client.execute_workflow(workflow, given, id=id, task_queue=queue)
    return id


async def _extra(client: Client, id: str, case: Case) -> int:
    """Events of a run, and of all that it started, beyond those of its calls."""
    kinds = Counter[EventType.ValueType]()
    left = [id]
    while left:
        history = await client.get_workflow_handle(left.pop()).fetch_history()
        kinds.update(event.event_type for event in history.events)
        left += _children(history)
    tasks = min(kinds[EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED], 1 + case.calls)
    return kinds.total() - (2 + 3 * case.calls + 3 * tasks)


def _children(history: WorkflowHistory) -> list[str]:
    return [
        event.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED
    ]


BENCHMARK = Benchmark(
    "B5",
    question="History events of loops, forks and tries, beyond those of the calls in them",
    against="an interpreter with a child workflow for each pass, branch and try",
    run=measure,
)
