"""Around the runs and activities of a project's worker: notes how they begin and end, and goes on."""

from typing import Protocol

from temporalio.worker import (
    ActivityInboundInterceptor,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)
from typing_extensions import override

from everloom.store import Execution, ProjectId

from .activities import RecordingActivities
from .buffer import Attempt
from .workflows import recording_workflows


class Notebook(Protocol):
    """Takes notes from any thread, and never lets anybody wait."""

    def note_run(self, change: Execution) -> None:
        """Note a change of a run."""
        ...

    def note_attempt(self, attempt: Attempt) -> None:
        """Note an attempt of an activity."""
        ...


class Recording(Interceptor):
    """Records what one worker does for one project."""

    def __init__(self, notebook: Notebook, project_id: ProjectId, *, keep: bool) -> None:
        self._notebook = notebook
        self._project_id = project_id
        self._workflows = recording_workflows(notebook.note_run, project_id, keep=keep)

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return RecordingActivities(next, self._notebook.note_attempt, self._project_id)

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return self._workflows
