"""Which runs of a project are meant? The same words for the store and for Temporal's own list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from everloom.control.projects import workflow_id_of
from everloom.core import Invalid
from everloom.store import ExecutionStatus

from .finding import Named

_SPELLED = {
    ExecutionStatus.RUNNING: "Running",
    ExecutionStatus.PAUSED: "Paused",
    ExecutionStatus.COMPLETED: "Completed",
    ExecutionStatus.FAILED: "Failed",
    ExecutionStatus.CANCELED: "Canceled",
    ExecutionStatus.TERMINATED: "Terminated",
    ExecutionStatus.TIMED_OUT: "TimedOut",
    ExecutionStatus.CONTINUED_AS_NEW: "ContinuedAsNew",
}


class RunFilterInvalid(Invalid):
    """Runs are looked for in a way that can find none, or from a place that is none."""

    code = "run-filter-invalid"


@dataclass(frozen=True, kw_only=True)
class RunsFilter:
    """Which runs are wanted; what is left out does not matter."""

    status: ExecutionStatus | None = None
    definition: str | None = None
    """`namespace.name`: all of its versions, unless one is named."""
    version: str | None = None
    """Of that definition."""
    since: datetime | None = None
    """Started then or later."""
    until: datetime | None = None
    """Started earlier than that."""

    @property
    def type_name(self) -> str | None:
        """The workflow type, when a version is named.

        Raises:
            RunFilterInvalid: A version is named, and no definition.
        """
        if self.version is None:
            return None
        if self.definition is None:
            raise RunFilterInvalid(
                f"A version is named, {self.version!r}, and no definition that it is of.",
                hint="Name the definition as well.",
            )
        return f"{self.definition}@{self.version}"

    def query(self, project: Named, *, only_open: bool = False) -> str:
        """A list filter of Temporal's that finds these runs of a project, and no others.

        Raises:
            RunFilterInvalid: They cannot be found.
        """
        return " AND ".join(self._parts(project, only_open=only_open))

    def _parts(self, project: Named, *, only_open: bool) -> Iterator[str]:
        yield f"WorkflowId STARTS_WITH {quoted(workflow_id_of(project.queue, ''))}"
        if only_open:
            yield "CloseTime IS NULL"
        if self.status is not None:
            yield f"ExecutionStatus = '{_SPELLED[self.status]}'"
        if self.type_name is not None:
            yield f"WorkflowType = {quoted(self.type_name)}"
        elif self.definition is not None:
            yield f"WorkflowType STARTS_WITH {quoted(f'{self.definition}@')}"
        if self.since is not None:
            yield f"StartTime >= '{moment_text(self.since)}'"
        if self.until is not None:
            yield f"StartTime < '{moment_text(self.until)}'"


def quoted(text: str) -> str:
    """A text within a list filter."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def moment_text(at: datetime) -> str:
    """A moment within a list filter."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
