"""Start it."""

from temporalio.client import Client

from .workflows import Pay


async def main(client: Client, queue: str, id: str) -> object:
    """What was in the till."""
    return await client.execute_workflow(Pay.run, 5, id=id, task_queue=queue)
