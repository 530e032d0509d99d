"""DBOS, measured from its own process: it reads orders, a JSON object a line, and answers with one.

Runs in the peers' own environment, by path; it knows nothing of Everloom. Argument: the address of
DBOS's database.
"""

import asyncio
import json
import sys
import time
from typing import Any

from dbos import DBOS


@DBOS.step()
async def step(number: int) -> int:
    """Do nothing, so that only keeping the step is measured."""
    return number


@DBOS.step()
async def fib(number: int) -> int:
    """The `number`-th Fibonacci number, the slow way."""
    return _fib(number)


def _fib(number: int) -> int:
    return number if number < 2 else _fib(number - 1) + _fib(number - 2)


@DBOS.workflow()
async def steps(count: int) -> int:
    """A number of steps, one after the other."""
    for number in range(count):
        await step(number)
    return count


@DBOS.workflow()
async def tasks(count: int) -> int:
    """A number of tiny tasks, one after the other."""
    total = 0
    for _ in range(count):
        total += await fib(10)
    return total


async def answer(order: dict[str, Any]) -> Any:
    """Do what an order says."""
    work = {"steps": steps, "tasks": tasks}[order["work"]]
    count, runs = order["count"], order["runs"]
    if order["do"] == "latency":
        return [await _once(work, count) for _ in range(runs)]
    free = asyncio.Semaphore(order["at_once"])

    async def run() -> None:
        async with free:
            await _once(work, count)

    began = time.perf_counter()
    await asyncio.gather(*(run() for _ in range(runs)))
    return runs / (time.perf_counter() - began)


async def _once(work: Any, count: int) -> float:
    began = time.perf_counter()
    handle = await DBOS.start_workflow_async(work, count)
    await handle.get_result()
    return (time.perf_counter() - began) * 1000


async def main(database: str) -> None:
    """Answer until standard input ends."""
    DBOS(config={"name": "bench", "system_database_url": database, "log_level": "ERROR"})
    DBOS.launch()
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await answer(json.loads(line))), flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
