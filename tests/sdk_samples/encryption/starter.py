"""Run it over an encrypting client, and look at what Temporal holds."""

from temporalio.client import Client

from .codec import make_converter
from .workflows import Whisper


async def main(client: Client, queue: str, id: str) -> object:
    """The result, and whether the secret stands in the history."""
    config = client.config()
    config["data_converter"] = make_converter()
    handle = await Client(**config).start_workflow(Whisper.run, "xyzzy", id=id, task_queue=queue)
    result = await handle.result()
    held = b"".join(event.SerializeToString() for event in (await handle.fetch_history()).events)
    return [result, b"xyzzy" in held]
