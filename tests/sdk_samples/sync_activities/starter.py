"""Start it."""

from temporalio.client import Client

from .workflows import Meet


async def main(client: Client, queue: str, id: str) -> object:
    """Who met."""
    return await client.execute_workflow(Meet.run, ["Ada", "Grace"], id=id, task_queue=queue)
