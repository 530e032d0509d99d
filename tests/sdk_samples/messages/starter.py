"""Start it, and talk to it."""

from temporalio.client import Client, WorkflowUpdateFailedError

from .workflows import Greeting


async def main(client: Client, queue: str, id: str) -> object:
    """What was answered, in order."""
    handle = await client.start_workflow(Greeting.run, "Ada", id=id, task_queue=queue)
    former = await handle.execute_update(Greeting.set_language, "german")  # pyright: ignore[reportUnknownMemberType]
    try:
        await handle.execute_update(Greeting.set_language, "latin")  # pyright: ignore[reportUnknownMemberType]
        refused = False
    except WorkflowUpdateFailedError:
        refused = True
    now = await handle.query(Greeting.current_language)
    await handle.signal(Greeting.approve, "Grace")
    return [former, refused, now, await handle.result()]
