"""Which task of its definition does an event of a history belong to?

A recording worker says it in a header, summaries say it, and the request of a step does. What none of
them says is found by name, when only one task of the definition has it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from everloom.core import Json, is_object
from everloom.flow import TASK_HEADER, read_mark
from everloom.payloads import find_reference

from .tasks import Drawn

_INSTANCE = re.compile(rb'"instance":\s*("(?:[^"\\]|\\.)*")\s*\}\s*\Z')
_TAIL = 4096
"""Bytes at the end of a step's request that are looked at; its task is the last thing it says."""

_RETRY, _UNTIL = "Before another attempt of ", ", until "
_CALLS = frozenset({"call function", "call http", "call openapi", "call grpc", "call mcp", "emit"})
_CHILDREN, _WAITS, _TRIES = frozenset({"run"}), frozenset({"wait"}), frozenset({"try"})


@dataclass(frozen=True)
class Pointing:
    """Where something that happened comes from."""

    pointer: str
    """Of the task; empty when it is not known."""
    said: str
    """Its summary, without the task."""


async def pointing_of(event: HistoryEvent, drawn: Drawn, converter: DataConverter) -> Pointing:
    """Which task scheduled an activity, started a timer or a child."""
    said, pointer = read_mark(await _summary(event, converter))
    if not pointer:
        pointer = await _elsewhere(event, converter) or _by_name(event, said, drawn)
    return Pointing(pointer, said)


async def opened(payload: Payload, converter: DataConverter) -> Payload:
    """A payload without what a codec has put around it; as it is when that cannot be read."""
    if converter.payload_codec is None or payload.metadata.get("encoding") == b"json/plain":
        return payload
    try:
        return (await converter.payload_codec.decode([payload]))[0]
    except Exception:  # noqa: BLE001 - a foreign codec may raise anything, and a key may be gone
        return payload


async def _summary(event: HistoryEvent, converter: DataConverter) -> str:
    if not event.user_metadata.HasField("summary"):
        return ""
    found = _json(await opened(event.user_metadata.summary, converter))
    return found if isinstance(found, str) else ""


async def _elsewhere(event: HistoryEvent, converter: DataConverter) -> str:
    """In the header, or at the end of a step's request."""
    scheduled = event.activity_task_scheduled_event_attributes
    header: Mapping[str, Payload] = scheduled.header.fields
    if TASK_HEADER in header:
        told = _json(await opened(header[TASK_HEADER], converter))
        found = told.get("task") if is_object(told) else None
        if isinstance(found, str) and found:
            return found
    payloads = scheduled.input.payloads
    if len(payloads) != 1 or find_reference(payloads[0]) is not None:
        return ""
    tail = (await opened(payloads[0], converter)).data[-_TAIL:]
    match = _INSTANCE.search(tail)
    return str(json.loads(match[1])) if match is not None else ""


def _by_name(event: HistoryEvent, said: str, drawn: Drawn) -> str:
    if event.HasField("timer_started_event_attributes"):
        if said.startswith(_RETRY):
            return drawn.named(said.removeprefix(_RETRY), _TRIES)
        return drawn.named(said.rpartition(_UNTIL)[0], _WAITS)
    is_child = event.HasField("start_child_workflow_execution_initiated_event_attributes")
    return drawn.named(said, _CHILDREN if is_child else _CALLS) if said else ""


def _json(payload: Payload) -> Json:
    """What a plain payload holds; null when it is none."""
    if payload.metadata.get("encoding") != b"json/plain":
        return None
    try:
        return json.loads(payload.data)
    except ValueError:
        return None
