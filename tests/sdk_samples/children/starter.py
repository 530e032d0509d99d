"""Start the parent, and end the child it leaves behind."""

from temporalio.client import Client

from .workflows import Child, Parent


async def main(client: Client, queue: str, id: str) -> object:
    """The results of all."""
    late = f"{id}-late"
    results = await client.execute_workflow(Parent.run, late, id=id, task_queue=queue)
    handle = client.get_workflow_handle(late, result_type=str)
    await handle.signal(Child.end)
    return [*results, await handle.result()]
