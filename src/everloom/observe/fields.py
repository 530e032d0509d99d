"""Fields of a log line: what the SDK and `everloom.authoring` hang onto a record becomes fields."""

from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

from everloom.core import LOG_FIELDS

_FROM_SDK = {
    "workflow_type": "workflow",
    "workflow_id": "workflow_id",
    "run_id": "run",
    "workflow_run_id": "run",
    "activity_type": "activity",
    "activity_id": "activity_id",
    "attempt": "attempt",
    "task_queue": "queue",
    "update_id": "update_id",
    "update_name": "update",
}


def lift_run_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make fields of what the SDK's workflow and activity loggers hang onto a record."""
    event.pop("color_message", None)  # uvicorn's second copy of its text
    record: Any = event.get("_record")
    for extra in ("temporal_workflow", "temporal_activity"):
        said: Any = event.pop(extra, None) or getattr(record, extra, None)
        if isinstance(said, Mapping):
            event.update(_renamed(said))  # pyright: ignore[reportUnknownArgumentType]
    own: Mapping[str, Any] = event.pop(LOG_FIELDS, None) or getattr(record, LOG_FIELDS, {})
    for name, value in own.items():
        event[f"{name}_" if name in event or name in _STANDING else name] = value
    return event


_STANDING = {"time", "timestamp", "level", "logger", "event", "exception"}


def _renamed(said: Mapping[str, Any]) -> dict[str, Any]:
    return {ours: said[theirs] for theirs, ours in _FROM_SDK.items() if said.get(theirs)}
