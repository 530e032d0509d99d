"""Start it."""

from temporalio.client import Client

from .workflows import Poll


async def main(client: Client, queue: str, id: str) -> object:
    """What both ways found."""
    return await client.execute_workflow(Poll.run, id, id=id, task_queue=queue)
