"""B8: what do a thousand project workers cost on one machine?"""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

import psutil

from everloom.control.placement import start_worker
from everloom.store import WorkerStatus

from .harness import Benchmark, Figure, Options, Reach, Result
from .processes import processor_seconds
from .project_stage import BY, ProjectStage, project_stage, until
from .serving import engine

PROJECTS = 1000
HOSTS = 3
ALONE = 5
"""Processes that carry one project each, to compare with."""

IDLE_SECONDS = 30.0
AT_ONCE = 50
STARTED_WITHIN = 300.0


async def measure(options: Options) -> Result:
    """Start all of them, leave them alone, and look at what they use."""
    del options
    with tempfile.TemporaryDirectory() as name:
        async with engine() as server, project_stage(Path(name), server.address) as stage:
            alone = await _alone(stage)
            for number in range(PROJECTS):
                await stage.make(_name(number))
            hosts = [
                await stage.start_host(f"host-{number}", PROJECTS // HOSTS + 50)
                for number in range(HOSTS)
            ]
            seconds = await _start_all(stage)
            idle = await _idle(hosts, psutil.Process(server.pid))
            memory = sum(_memory(host) for host in hosts)
    each_alone = alone * PROJECTS
    return Result(
        (
            Figure("all polling", seconds, None, "s", Reach("measured", "<=", 15)),
            Figure("memory of the hosts", memory, None, "MiB", Reach("measured", "<=", 1024)),
            Figure(
                "memory of a process each, over that of the hosts",
                each_alone,
                memory,
                "MiB",
                Reach("ratio", ">=", 30),
            ),
            Figure("hosts idle, of one core", idle[0], None, "%", Reach("measured", "<=", 25)),
            Figure("Temporal meanwhile, of one core", idle[1], None, "%"),
        ),
        (
            (
                f"{PROJECTS} projects in {HOSTS} hosts; a process each is {ALONE} hosts with one "
                f"project ({alone:.0f} MiB each), times {PROJECTS // ALONE}."
            ),
            f"Idle is measured over {IDLE_SECONDS:g} s. Memory is resident, children included.",
        ),
    )


async def _alone(stage: ProjectStage) -> float:
    """MiB of a host that carries one project."""
    for number in range(ALONE):
        await stage.make(_name(PROJECTS + number))
    hosts = [await stage.start_host(f"alone-{number}", 1) for number in range(ALONE)]
    names = [_name(PROJECTS + number) for number in range(ALONE)]
    for name in names:
        await start_worker(stage.p, name, by=BY)
    await until(lambda: _are_served(stage, ALONE), within=STARTED_WITHIN)
    memory = [_memory(host) for host in hosts]
    await stage.stack.aclose()
    return sum(memory) / len(memory)


async def _start_all(stage: ProjectStage) -> float:
    """Seconds until every project is served."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def start(number: int) -> None:
        async with gate:
            await start_worker(stage.p, _name(number), by=BY)

    starting = asyncio.gather(*(start(number) for number in range(PROJECTS)))
    seconds = await until(lambda: _are_served(stage, PROJECTS), within=STARTED_WITHIN)
    await starting
    return seconds


async def _are_served(stage: ProjectStage, count: int) -> bool:
    async with stage.p.store.begin() as tx:
        rows = await tx.workers.list()
    found = Counter(row.status for row in rows if row.host and row.host.startswith(_PREFIX[count]))
    return found[WorkerStatus.RUNNING] >= count


_PREFIX = {ALONE: "alone-", PROJECTS: "host-"}


async def _idle(hosts: list[psutil.Process], server: psutil.Process) -> tuple[float, float]:
    """Percent of one core, of the hosts together and of Temporal."""
    await asyncio.sleep(IDLE_SECONDS / 3)  # what starting has left to do
    before = [sum(map(processor_seconds, hosts)), processor_seconds(server)]
    await asyncio.sleep(IDLE_SECONDS)
    after = [sum(map(processor_seconds, hosts)), processor_seconds(server)]
    ours, theirs = (
        (late - early) / IDLE_SECONDS * 100 for early, late in zip(before, after, strict=True)
    )
    return ours, theirs


def _memory(host: psutil.Process) -> float:
    """MiB, with what it has started."""
    return sum(each.memory_info().rss for each in (host, *host.children(recursive=True))) / 2**20


def _name(number: int) -> str:
    return f"bench/project-{number}"


BENCHMARK = Benchmark(
    "B8",
    question="A thousand project workers on one machine, in a few hosts",
    against="one process a project",
    run=measure,
)
