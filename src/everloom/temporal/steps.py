"""A history as steps that can be laid beside another one: what happened, to what, with what.

Ids, times and workers are left out of what makes two steps equal: they differ between any two runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter

from everloom.core import format_duration

from .shapes import moment, telling_message, value, word

_PREFIX = "EVENT_TYPE_"
_OPENERS = ("scheduled_event_id", "initiated_event_id", "started_event_id", "accepted_event_id")
"""Where an event says which earlier one it belongs to."""

_KINDS: dict[int, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One event of a history."""

    id: int
    at: datetime
    kind: str
    """`activity-task-scheduled`, `timer-fired`, …"""
    name: str
    """Wire name of what it is about: of the activity, signal, update, child or marker."""
    decided_at: int
    """Id of the end of the workflow task that decided it; 0 when no code of the workflow did."""
    said: str
    """What it says in words: how long a timer is, or why something failed."""
    payloads: tuple[Payload, ...]
    """What went in or came out, as it is stored."""


def steps_of(history: WorkflowHistory) -> list[Step]:
    """The steps of a history, in its order."""
    names: dict[int, str] = {}
    steps: list[Step] = []
    for event in history.events:
        which = event.WhichOneof("attributes")
        said: Message | None = getattr(event, which) if which is not None else None
        name = _own_name(said) or next((names[each] for each in _opened(said) if each in names), "")
        if name:
            names[event.event_id] = name
        steps.append(_step(event, said, name))
    return steps


async def read_values(step: Step, converter: DataConverter) -> tuple[Any, ...]:
    """What went in or came out of a step, as plain values."""
    return tuple([await value(each, converter) for each in step.payloads])


def _step(event: HistoryEvent, said: Message | None, name: str) -> Step:
    return Step(
        id=event.event_id,
        at=moment(event.event_time) or datetime.fromtimestamp(0, UTC),
        kind=_kind(event.event_type),
        name=name,
        decided_at=int(getattr(said, "workflow_task_completed_event_id", 0)),
        said=_said(said),
        payloads=tuple(_payloads(said)),
    )


def _kind(number: EventType.ValueType) -> str:
    if number not in _KINDS:
        _KINDS[number] = word(EventType.DESCRIPTOR, number, _PREFIX, "event")
    return _KINDS[number]


def _own_name(said: Message | None) -> str:
    for field in ("activity_type", "workflow_type", "signal_name", "marker_name", "operation"):
        found: object = getattr(said, field, None)
        plain = found if isinstance(found, str) else getattr(found, "name", "")
        if isinstance(plain, str) and plain:
            return plain
    request: object = getattr(said, "accepted_request", None)
    name: object = getattr(getattr(request, "input", None), "name", "")
    return name if isinstance(name, str) else ""


def _opened(said: Message | None) -> Iterator[int]:
    for field in _OPENERS:
        found: object = getattr(said, field, 0)
        if isinstance(found, int) and found:
            yield found


def _said(said: Message | None) -> str:
    failure: object = getattr(said, "failure", None)
    if isinstance(failure, Failure):
        return telling_message(failure)
    if hasattr(said, "start_to_fire_timeout"):
        return format_duration(getattr(said, "start_to_fire_timeout").ToTimedelta())  # noqa: B009 - a timer's
    return ""


def _payloads(said: Message | None) -> Iterator[Payload]:
    for field in ("input", "result"):
        found: object = getattr(said, field, None)
        if isinstance(found, Payloads):
            yield from found.payloads
    request: object = getattr(said, "accepted_request", None)
    arguments: object = getattr(getattr(request, "input", None), "args", None)
    if isinstance(arguments, Payloads):
        yield from arguments.payloads
