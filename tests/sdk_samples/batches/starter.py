"""Start it."""

from temporalio.client import Client

from .workflows import SlidingWindow, Window


async def main(client: Client, queue: str, id: str) -> object:
    """The sum over all records, and the runs it took."""
    window = Window(records=20, size=4)
    return await client.execute_workflow(SlidingWindow.run, window, id=id, task_queue=queue)
