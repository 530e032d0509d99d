"""How a run of a definition ended: one object, the same for people, programs and tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from temporalio.exceptions import CancelledError, FailureError, TerminatedError

from everloom.core import EverloomError
from everloom.flow import Json, fault_from, standard_fault
from everloom.temporal import RunFailed

Status = Literal["completed", "faulted", "cancelled", "timed-out"]

FIELDS = ("type", "status", "title", "detail", "instance")
"""What an error says (RFC 7807), in this order; what it does not say is null."""


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """A run that has ended, and what it did."""

    status: Status
    output: Json
    error: Mapping[str, Json] | None
    trace: tuple[Mapping[str, Json], ...]
    events: tuple[Json, ...]
    """The CloudEvents that it emitted, in order."""
    workflow_id: str
    run_id: str
    """Of the last link, when the run continued as new."""
    history_length: int
    """Events in that link's history."""

    def as_json(self) -> dict[str, Any]:
        """The outcome as programs read it."""
        return {
            "status": self.status,
            "output": self.output,
            "error": self.error,
            "trace": list(self.trace),
            "events": list(self.events),
            "workflow_id": self.workflow_id,
            "run_id": self.run_id,
            "history_length": self.history_length,
        }


def error_of(problem: Mapping[str, Json]) -> dict[str, Json]:
    """An error with all its fields."""
    return {name: problem.get(name) for name in FIELDS}


def ended_by(error: RunFailed) -> tuple[Status, dict[str, Json]]:
    """How a run ended without a result, and its error.

    Who ends a run from outside is told as the reason: neither a fault of the definition nor its time.
    """
    cause: object = getattr(error.__cause__, "cause", None)
    if error.status == "timed-out":
        told = standard_fault("timeout", title="Timed out", detail=error.message)
        return "timed-out", error_of(told.problem)
    if isinstance(cause, TerminatedError):
        return "cancelled", _from_outside("Terminated", cause.message)
    if isinstance(cause, CancelledError):
        return "cancelled", _from_outside("Cancelled", cause.message)
    if isinstance(cause, FailureError):
        return "faulted", error_of(fault_from(cause).problem)
    told = standard_fault("runtime", title="Failed", detail=error.message)
    return "faulted", error_of(told.problem)


def timed_out(detail: str) -> dict[str, Json]:
    """The error of a run that had not ended in its time."""
    return error_of(standard_fault("timeout", title="Timed out", detail=detail).problem)


def _from_outside(title: str, reason: str) -> dict[str, Json]:
    said = f"The run was {title.lower()} from outside: {reason.rstrip('.') or 'no reason given'}."
    return error_of(standard_fault("runtime", title=title, detail=said).problem)


def lost(error: EverloomError) -> RunOutcome:
    """The outcome of a run that nobody knows the end of: what it needs was lost."""
    told = standard_fault("runtime", title="Lost", detail=error.message)
    return RunOutcome(
        status="faulted",
        output=None,
        error=error_of(told.problem),
        trace=(),
        events=(),
        workflow_id="",
        run_id="",
        history_length=0,
    )
