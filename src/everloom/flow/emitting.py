"""`emit`: events of a workflow. They are made in the workflow, so a replay makes the same ones."""

from collections.abc import Mapping

from temporalio import workflow

from .calling import call_step
from .faults import Json, standard_fault
from .moments import iso
from .requests import EMIT
from .scope import Scope

_TEXTS = ("id", "source", "type", "time", "subject", "datacontenttype", "dataschema")


async def emit(here: Scope, attributes: Mapping[str, Json]) -> Json:
    """Emit an event, and give back the whole of it.

    `id`, `time` and `specversion` are added where they are missing.

    Args:
        here: Scope of the task.
        attributes: Attributes of the event, as in CloudEvents 1.0.

    Raises:
        Fault: An attribute is no text, of type `validation`; or it could not be delivered.
    """
    event = made(attributes)
    await call_step(here, EMIT, event)
    return event


def made(attributes: Mapping[str, Json]) -> dict[str, Json]:
    """The whole event.

    Raises:
        Fault: An attribute that has to be a text is none, of type `validation`.
    """
    given = {
        name: value for name, value in attributes.items() if value is not None or name == "data"
    }
    event: dict[str, Json] = {
        "specversion": "1.0",
        "id": given.get("id") or str(workflow.uuid4()),
        "time": given.get("time") or iso(workflow.now()),
        **{name: value for name, value in given.items() if name not in {"id", "time"}},
    }
    if "data" in event:
        event.setdefault("datacontenttype", "application/json")
    wrong = [name for name in _TEXTS if name in event and not _is_text(event[name])]
    wrong += [name for name in ("source", "type") if name not in event]
    if wrong:
        found = event.get(wrong[0])
        raise standard_fault(
            "validation",
            title="Not an event",
            detail=f"The attribute {wrong[0]} of an event has to be a text, and is {found!r:.100}.",
        )
    return event


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and value != ""
