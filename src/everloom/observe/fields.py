"""Fields of a log line: what the SDK says about the run becomes fields, what is secret is masked."""

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

MASK = "**********"

_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret|token|api_?key|access_?key|private_?key|credential|authorization|cookie",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"task_?token|tokens?_(used|left|count)", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@:\s]*):([^/@\s]+)@")

_FROM_SDK = {
    "workflow_type": "workflow",
    "workflow_id": "workflow_id",
    "run_id": "run",
    "workflow_run_id": "run",
    "activity_type": "activity",
    "activity_id": "activity_id",
    "attempt": "attempt",
    "task_queue": "queue",
}


def lift_run_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make fields of what the SDK's workflow and activity loggers hang onto a record."""
    event.pop("color_message", None)  # uvicorn's second copy of its text
    record: Any = event.get("_record")
    for extra in ("temporal_workflow", "temporal_activity"):
        said: Any = event.pop(extra, None) or getattr(record, extra, None)
        if isinstance(said, Mapping):
            event.update(_renamed(said))  # pyright: ignore[reportUnknownArgumentType]
    return event


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide values under names that look secret, and passwords inside URLs."""
    for name, value in event.items():
        event[name] = _masked(name, value)
    return event


def _renamed(said: Mapping[str, Any]) -> dict[str, Any]:
    return {ours: said[theirs] for theirs, ours in _FROM_SDK.items() if said.get(theirs)}


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        inner: Mapping[Any, Any] = value  # pyright: ignore[reportUnknownVariableType] - any mapping
        return {key: _masked(str(key), each) for key, each in inner.items()}
    if isinstance(value, list | tuple):
        several: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        return [_masked(name, each) for each in several]
    if value and _SECRET.search(name) and not _NOT_SECRET.search(name):
        return MASK
    if isinstance(value, str) and "://" in value:
        return _PASSWORD_IN_URL.sub(rf"\1:{MASK}@", value)
    return value
