"""Put the words of an encrypted failure back where everybody reads them."""

from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from .shapes import value


async def reveal_failure(failure: Failure, converter: DataConverter) -> None:
    """Decrypt the message of a failure, and of its causes, in place; those of lost keys stay."""
    if failure.HasField("encoded_attributes"):
        found = await value(failure.encoded_attributes, converter)
        if isinstance(found, dict) and isinstance(message := found.get("message"), str):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            failure.message = message
    if failure.HasField("cause"):
        await reveal_failure(failure.cause, converter)


async def reveal_event(event: HistoryEvent, converter: DataConverter) -> None:
    """Decrypt the message of an event's failure, where it has one."""
    which = event.WhichOneof("attributes")
    failure: object = getattr(getattr(event, which), "failure", None) if which else None
    if isinstance(failure, Failure):
        await reveal_failure(failure, converter)
