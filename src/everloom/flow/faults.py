"""Faults of tasks: RFC 7807 problems as Temporal failures.

A fault is an `ApplicationError` whose type is the error's URI and whose first detail is the whole
problem, so that it keeps its meaning over activities, child workflows, histories and clients.
The eight standard types and their default statuses come from the Open Workflow Specification.
"""

import re
from collections.abc import Mapping
from typing import Literal

from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
)
from temporalio.exceptions import (
    TimeoutError as TemporalTimeout,
)

from everloom.core import Json

Kind = Literal[
    "configuration",
    "validation",
    "expression",
    "authentication",
    "authorization",
    "timeout",
    "communication",
    "runtime",
]
"""A standard error type."""

STATUSES: Mapping[Kind, int] = {
    "configuration": 400,
    "validation": 400,
    "expression": 400,
    "authentication": 401,
    "authorization": 403,
    "timeout": 408,
    "communication": 500,
    "runtime": 500,
}
"""The status of each standard error type when nothing better is known."""

_PREFIX = "https://open-workflow-specification.org/spec/1.0.0/errors/"
_STANDARD = re.compile(
    r"https://(?:open-workflow-specification\.org|serverlessworkflow\.io)"
    r"/(?:spec/1\.0\.0/errors|dsl/errors/types)/(?P<kind>[a-z]+)"
)


def error_type(kind: Kind) -> str:
    """The URI of a standard error type."""
    return _PREFIX + kind


def normal_type(uri: str) -> str:
    """The URI, with the older host and path of a standard error type replaced by today's."""
    found = _STANDARD.fullmatch(uri)
    return _PREFIX + found["kind"] if found else uri


class Fault(ApplicationError):
    """An error of a task, which `try` may catch; uncaught, it faults the workflow."""

    def __init__(
        self,
        type: str,
        status: int,
        *,
        title: str | None = None,
        detail: str | None = None,
        instance: str | None = None,
    ) -> None:
        """Make a fault.

        Args:
            type: URI of the error's type.
            status: Status, preferably one of HTTP.
            title: What is wrong, in a few words.
            detail: What is wrong with this occurrence.
            instance: JSON pointer to the task it comes from.
        """
        known = {"title": title, "detail": detail, "instance": instance}
        problem: dict[str, Json] = {"type": normal_type(type), "status": status}
        problem |= {name: value for name, value in known.items() if value is not None}
        said = detail or title or f"Fault {problem['type']}"
        super().__init__(said, problem, type=problem["type"], non_retryable=True)
        self.problem = problem
        """The fault as an RFC 7807 object."""

    def at(self, instance: str) -> "Fault":
        """This fault, with the task it comes from where it names none."""
        if "instance" in self.problem:
            return self
        return fault_of({**self.problem, "instance": instance})


def fault_of(problem: Mapping[str, Json]) -> Fault:
    """The fault that an RFC 7807 object describes."""
    return Fault(
        str(problem.get("type") or error_type("runtime")),
        _status(problem.get("status")),
        title=_text(problem.get("title")),
        detail=_text(problem.get("detail")),
        instance=_text(problem.get("instance")),
    )


def standard_fault(
    kind: Kind, *, title: str, detail: str | None = None, status: int | None = None
) -> Fault:
    """A fault of a standard type."""
    return Fault(
        error_type(kind), STATUSES[kind] if status is None else status, title=title, detail=detail
    )


step_fault = standard_fault
"""What an activity raises: Temporal carries it to the workflow as it is."""


def fault_from(error: FailureError) -> Fault:
    """The fault behind a failure that a call, a child workflow or a timer ended with."""
    cause: BaseException = error
    while isinstance(cause, (ActivityError, ChildWorkflowError)) and cause.cause is not None:
        cause = cause.cause
    if isinstance(cause, Fault):
        return cause
    if isinstance(cause, TemporalTimeout):
        return standard_fault("timeout", title="Timed out", detail=str(cause))
    if isinstance(cause, TerminatedError):
        return standard_fault("runtime", title="Terminated", detail=str(cause))
    if isinstance(cause, ApplicationError):
        return _fault_of_application(cause)
    return standard_fault("runtime", title="Failed", detail=str(cause))


def _fault_of_application(error: ApplicationError) -> Fault:
    told = error.details[0] if error.details else None
    if isinstance(told, Mapping) and {"type", "status"} <= told.keys():
        return fault_of(told)  # pyright: ignore[reportUnknownArgumentType] - JSON of a failure
    title = error.type or "Failed"
    return standard_fault("runtime", title=title, detail=error.message)


def _status(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 500


def _text(value: object) -> str | None:
    return None if value is None else str(value)
