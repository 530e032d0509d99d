"""What authoring needs of a connection to Temporal; `everloom.temporal.TemporalService` gives it.

A protocol, so that workflow files can be imported without a client coming along.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol, TypedDict

Message = str | Callable[..., Any]
"""A signal, query or update: its wire name, or the method of the workflow class."""

IfExists = Literal["use", "fail", "new"]
"""What starting does when a run of that id exists.

`use`: that run is meant, whether it is open or closed, so starting twice is safe. `fail`: `RunExists`
is raised. `new`: a closed run makes room for a new one; an open one is `RunExists`.
"""


class StartArguments(TypedDict, total=False):
    """What may be said when a workflow is started; all of it may be left out."""

    id: str
    """Workflow id. Default: the wire name and a random part."""

    queue: str
    """Queue, for a workflow that is bound to none."""

    start_delay: timedelta
    """Begin only after this time."""

    execution_timeout: timedelta
    """Longest life with all retries and continuations."""

    run_timeout: timedelta
    """Longest life of one link of that chain."""

    task_timeout: timedelta
    """How long a worker may take over one workflow task."""

    if_exists: IfExists
    """What to do when there is a run of that id. Default: `use`."""

    memo: Mapping[str, Any]
    """Notes that are shown with the run."""


@dataclass(frozen=True, kw_only=True)
class StartOptions:
    """How a run is started. None means: as the settings say."""

    id: str
    queue: str | None = None
    start_delay: timedelta | None = None
    execution_timeout: timedelta | None = None
    run_timeout: timedelta | None = None
    task_timeout: timedelta | None = None
    if_exists: IfExists = "use"
    summary: str = ""
    memo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    priority: int | None = None
    """Temporal's: 1 goes first, 5 last."""
    share: str = ""
    """Whose fair share of the workers it takes; all runs of one name share one."""


class Door(Protocol):
    """Starts runs and talks to them.

    Every method may raise `everloom.core.Unavailable` when Temporal is away and
    `everloom.core.NotFound` when there is no such run.
    """

    async def start_workflow(self, workflow: str, input: object, options: StartOptions) -> str:
        """Start a run of the workflow type `workflow` and return its run id.

        Raises:
            Conflict: A run of that id exists, and `if_exists` does not allow it.
        """
        ...

    async def workflow_result(
        self, workflow_id: str, run_id: str | None, result_type: type[Any] | None
    ) -> Any:
        """Wait for the end of a run, over continuations, and return its result.

        Raises:
            RunFailed: It failed, was cancelled, was terminated or ran out of time.
        """
        ...

    async def signal_workflow(
        self, workflow_id: str, run_id: str | None, signal: Message, args: Sequence[object]
    ) -> None:
        """Send a signal."""
        ...

    async def signal_with_start(
        self,
        workflow: str,
        input: object,
        options: StartOptions,
        *,
        signal: Message,
        args: Sequence[object],
    ) -> str:
        """Send a signal, start the run first if there is none, and return its run id."""
        ...

    async def query_workflow(
        self,
        workflow_id: str,
        run_id: str | None,
        query: Message,
        *,
        args: Sequence[object],
        result_type: type[Any] | None,
    ) -> Any:
        """Ask a run something."""
        ...

    async def update_workflow(
        self,
        workflow_id: str,
        run_id: str | None,
        update: Message,
        *,
        args: Sequence[object],
        result_type: type[Any] | None,
    ) -> Any:
        """Send an update and wait for its result."""
        ...

    async def update_with_start(
        self,
        workflow: str,
        input: object,
        options: StartOptions,
        *,
        update: Message,
        update_id: str,
        args: Sequence[object],
        result_type: type[Any] | None,
    ) -> tuple[Any, str]:
        """Send an update, start the run first if there is none; the answer and the run id."""
        ...

    async def cancel_workflow(self, workflow_id: str, run_id: str | None, reason: str) -> None:
        """Ask a run to stop in an orderly way."""
        ...

    async def terminate_workflow(self, workflow_id: str, run_id: str | None, reason: str) -> None:
        """End a run at once."""
        ...
