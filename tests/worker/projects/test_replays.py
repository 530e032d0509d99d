"""The replay gate learns where a run and other code part, by the runner that would serve the run."""

import asyncio

from tests.control.publishing.running import paid, served, started, waits
from tests.control.publishing.shop import opened, order, published
from tests.worker.projects.placing import fresh

from everloom.control.projects import Platform
from everloom.control.publishing import Misfit
from everloom.settings import Settings
from everloom.store import CompiledCode, Store
from everloom.temporal import TemporalService, WorkflowHistory, read_history
from everloom.worker.projects import ReplayBench

WAIT = """\
    - wait:
        listen:
          to:
            one:
              with:
                type: shop.paid
"""
NAP = "    - nap:\n        wait:\n          milliseconds: 1\n"
SAY = "    - say:\n        set:\n          text: {text}\n"
AGAIN = WAIT.replace("wait:", "more:").replace("shop.paid", "shop.sent")


async def a_history(p: Platform, project: str, code: CompiledCode) -> WorkflowHistory:
    """Of a run that has waited, napped, and waits again."""
    async with served(p, project):
        run = await started(p, code)
        await waits(p, run)
        await paid(p, run)
        await waits(p, run, 10)
        history = await read_history(p.temporal, run)
        await p.temporal.terminate_workflow(run, None, "the test has its history")
    return history


async def test_the_bench_says_where_a_run_and_code_part(
    place: Settings, temporal: TemporalService
) -> None:
    """Event, task and line; nothing when the run can go on, though its type is another."""
    project = f"ada/{fresh('shop')}"
    async with opened(place, temporal, project=project) as p:
        old = await published(p, order("1.0.0", WAIT + NAP + AGAIN), project=project)
        good = await published(
            p, order("1.0.1", WAIT + NAP + AGAIN + SAY.format(text="hi")), project=project
        )
        other = await published(
            p, order("1.0.2", WAIT + SAY.format(text="hi") + AGAIN), project=project
        )
        failing = await published(
            p, order("1.0.3", WAIT + NAP.replace("1\n", "2\n") + AGAIN), project=project
        )
        history = await a_history(p, project, old)
        bench = ReplayBench(place)

        fits, parts, also = await asyncio.gather(
            *(bench.replay(code, history) for code in (good, other, failing))
        )

    assert fits is None
    assert also is None, "how long a timer takes is no difference to the engine"
    assert isinstance(parts, Misfit)
    assert parts.event is not None
    assert parts.line is not None
    assert parts.task in {"/do/1/say", "/do/2/more"}
    assert "timer" in parts.reason


async def test_a_run_that_never_decided_anything_goes_on_with_any_code(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """There is nothing to compare."""
    project = f"ada/{fresh('shop')}"
    async with opened(place, temporal, project=project) as p:
        code = await published(p, order("1.0.0", WAIT), project=project)
        run = await started(p, code)
        history = await read_history(p.temporal, run)

        assert await ReplayBench(place).replay(code, history) is None

        await p.temporal.terminate_workflow(run, None, "the test is over")
