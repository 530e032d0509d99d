"""`python -m benchmarks.plain_worker ADDRESS`: a worker of the plain SDK, with nothing set.

It serves until its standard input ends, so that it never outlives the benchmark.
"""

import asyncio
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from .workloads import Steps, Tasks, nothing, plain_fib

QUEUE = "bench-plain"


async def main(address: str) -> None:
    """Serve."""
    client = await Client.connect(address)
    async with Worker(
        client, task_queue=QUEUE, workflows=[Steps, Tasks], activities=[nothing, plain_fib]
    ):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
