"""Where a history and the code part: what one holds next to what the other asks for. Pure.

Only what both sides tell in the same order is compared. Patch markers, local activities, messages
and cancellations are not: the SDK decides itself when and whether they come into a history. It is
the SDK that says *whether* code fits; this says *where*.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from temporalio.api.history.v1 import HistoryEvent
from typing_extensions import override

from everloom.authoring import Place

_EVENT = re.compile(r"HistoryEvent\(id: (\d+), (\w+)\)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Step:
    """One thing that a workflow does: `activity` `charge`, `timer`, `end`."""

    kind: str
    name: str = ""

    @override
    def __str__(self) -> str:
        return f"{self.kind} `{self.name}`" if self.name else self.kind


@dataclass(frozen=True)
class Recorded:
    """A step that a history holds."""

    event_id: int
    event: str
    """Kind of the event: `activity-task-scheduled`."""

    step: Step


@dataclass(frozen=True)
class Asked:
    """A step that the code asks for."""

    step: Step
    place: Place | None


@dataclass(frozen=True)
class Divergence:
    """The first place where the two differ."""

    recorded: Recorded | None
    """None: the history has nothing there."""

    asked: Asked | None
    """None: the code asks for nothing there."""


_STEPS = {
    "activity_task_scheduled_event_attributes": ("activity", "activity_type"),
    "timer_started_event_attributes": ("timer", ""),
    "start_child_workflow_execution_initiated_event_attributes": ("child", "workflow_type"),
    "signal_external_workflow_execution_initiated_event_attributes": ("signal", "signal_name"),
    "nexus_operation_scheduled_event_attributes": ("nexus operation", "operation"),
    "workflow_properties_modified_event_attributes": ("memo", ""),
    "workflow_execution_completed_event_attributes": ("end", ""),
    "workflow_execution_failed_event_attributes": ("failure", ""),
    "workflow_execution_canceled_event_attributes": ("end as cancelled", ""),
    "workflow_execution_continued_as_new_event_attributes": ("continuation", "workflow_type"),
}
"""Events that follow from what the code asks for, and what names them."""

COMMANDS = {
    "schedule_activity": ("activity", "activity_type"),
    "start_timer": ("timer", ""),
    "start_child_workflow_execution": ("child", "workflow_type"),
    "signal_external_workflow_execution": ("signal", "signal_name"),
    "schedule_nexus_operation": ("nexus operation", "operation"),
    "modify_workflow_properties": ("memo", ""),
    "complete_workflow_execution": ("end", ""),
    "fail_workflow_execution": ("failure", ""),
    "cancel_workflow_execution": ("end as cancelled", ""),
    "continue_as_new_workflow_execution": ("continuation", "workflow_type"),
}
"""The same as the code asks for them."""

ENDS = frozenset({"end", "failure", "end as cancelled", "continuation"})
"""Steps after which there is nothing."""


def recorded_steps(events: Iterable[HistoryEvent]) -> list[Recorded]:
    """The steps of a history, in order."""
    found: list[Recorded] = []
    for event in events:
        which = event.WhichOneof("attributes")
        if which is None or which not in _STEPS:
            continue
        kind, named_by = _STEPS[which]
        found.append(
            Recorded(
                event.event_id,
                event_words(which),
                Step(kind, name_of(getattr(event, which), named_by)),
            )
        )
    return found


def find_divergence(
    recorded: Sequence[Recorded], asked: Sequence[Asked], event_id: int | None
) -> Divergence:
    """Where the two part.

    Args:
        recorded: What the history holds.
        asked: What the code asked for until it was stopped.
        event_id: The event that the SDK named, if it named one: nothing after it is looked at.
    """
    last = len(recorded) if event_id is None else _steps_until(recorded, event_id)
    for index, (one, other) in enumerate(zip(recorded, asked, strict=False)):
        if index >= last or one.step != other.step:
            return Divergence(one, other)
    shorter = min(len(recorded), len(asked))
    return Divergence(
        recorded[shorter] if shorter < len(recorded) else None,
        asked[shorter] if shorter < len(asked) else None,
    )


def named_event(message: str) -> tuple[int, str] | None:
    """Id and kind of the event that the SDK's message names last; None when it names none."""
    found = _EVENT.findall(message)
    if not found:
        return None
    number, camel = found[-1]
    return int(number), _CAMEL.sub("-", camel).lower()


def event_words(attributes: str) -> str:
    """The kind of an event, from the name of its attributes."""
    plain = attributes.removesuffix("_event_attributes").replace("_", "-")
    return plain.replace("canceled", "cancelled")


def name_of(attributes: object, field: str) -> str:
    """What names a step; empty when nothing does."""
    found: object = getattr(attributes, field, "") if field else ""
    named = found if isinstance(found, str) else getattr(found, "name", "")
    return named if isinstance(named, str) else ""


def _steps_until(recorded: Sequence[Recorded], event_id: int) -> int:
    """How many steps stand before an event."""
    return sum(1 for each in recorded if each.event_id < event_id)
