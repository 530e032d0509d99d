"""What discovery finds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from everloom.authoring import Place, ProviderScope, QueueMismatch, Schedule, check_input
from everloom.core import Invalid, NotFound, did_you_mean
from everloom.settings import AppSettings


class CatalogInvalid(Invalid):
    """The code that was found cannot run as it is; each problem names file and line."""

    code = "catalog-invalid"


class WorkflowUnknown(NotFound):
    """No package of the settings has a workflow of that name."""

    code = "workflow-unknown"


class QueueUnserved(Invalid):
    """A run was asked for on a queue that no worker of this code serves."""

    code = "queue-unserved"


@dataclass(frozen=True)
class WorkflowEntry:
    """One workflow type."""

    name: str
    queue: str
    """Queue it is bound to, or the default one: where it starts unless somebody says otherwise."""

    cls: type[Any]
    place: Place
    summary: str
    is_bound: bool = True
    """False: it names no queue, and is served on every queue that is served at all."""

    @property
    def run(self) -> Callable[..., Any]:
        """The method that is the workflow; plain SDK classes may call it as they like."""
        return vars(self.cls)["__temporal_workflow_definition"].run_fn

    def input_types(self) -> tuple[Any, ...]:
        """The declared types of what `run` takes, in order."""
        hints = get_type_hints(self.run)
        return tuple(hint for name, hint in hints.items() if name != "return")

    def check_input(self, value: object) -> Any:
        """The input as the workflow will get it.

        Raises:
            InputInvalid: It does not fit the declared type.
        """
        types = self.input_types()
        return check_input(f"workflow `{self.name}`", types[0] if types else None, value)


@dataclass(frozen=True)
class ActivityEntry:
    """One activity type."""

    name: str
    queue: str | None
    """None: it is served on every queue, beside the workflow that calls it."""

    function: Callable[..., Any]
    """The function, or the unbound method of `owner`."""

    owner: type | None
    place: Place
    summary: str
    needs: tuple[tuple[str, Any], ...] = ()
    """Its keyword parameters that are provided: name and type."""


@dataclass(frozen=True)
class ProviderEntry:
    """One function that makes what activities are given."""

    provides: Any
    needs: tuple[tuple[str, Any], ...]
    """Its parameters: name and type."""

    function: Callable[..., Any]
    place: Place
    scope: ProviderScope = "application"


@dataclass(frozen=True)
class ScheduleEntry:
    """One schedule."""

    id: str
    declared: Schedule[Any]
    package: str
    """The package of the settings that declares it."""

    place: Place


@dataclass(frozen=True)
class Catalog:
    """Every workflow, activity and provider of the packages named in the settings."""

    packages: tuple[str, ...] = ()
    workflows: tuple[WorkflowEntry, ...] = ()
    activities: tuple[ActivityEntry, ...] = ()
    providers: tuple[ProviderEntry, ...] = ()
    app_settings: tuple[type[AppSettings], ...] = field(default=())
    schedules: tuple[ScheduleEntry, ...] = ()

    def queues(self) -> tuple[str, ...]:
        """Queues that something is bound to, sorted."""
        bound = {entry.queue for entry in (*self.workflows, *self.activities) if entry.queue}
        return tuple(sorted(bound))

    def workflows_on(self, queue: str) -> tuple[WorkflowEntry, ...]:
        """Workflows that run on a queue: those bound to it, and those bound to none."""
        return tuple(
            entry for entry in self.workflows if entry.queue == queue or not entry.is_bound
        )

    def check_queue(self, workflow: WorkflowEntry, queue: str) -> None:
        """Refuse a queue on which a run of the workflow would wait for ever.

        Raises:
            QueueMismatch: The workflow is bound to another queue.
            QueueUnserved: It is bound to none, and neither is anything else to this one.
        """
        if workflow.is_bound and queue != workflow.queue:
            raise QueueMismatch(
                f"Workflow `{workflow.name}` is bound to the queue `{workflow.queue}`, "
                f"not to `{queue}`.",
                hint="Leave the queue out: no worker of another queue knows the workflow.",
            )
        if not workflow.is_bound and queue not in self.queues():
            raise QueueUnserved(
                f"No worker of this code serves the queue `{queue}`: nothing is bound to it.",
                hint=did_you_mean(queue, self.queues()),
            )

    def activities_on(self, queue: str) -> tuple[ActivityEntry, ...]:
        """Activities that run on a queue: those bound to it, and those bound to none."""
        return tuple(entry for entry in self.activities if entry.queue in {queue, None})

    def find_workflow(self, name: str) -> WorkflowEntry | None:
        """The workflow of a wire name."""
        return next((entry for entry in self.workflows if entry.name == name), None)

    def read_workflow(self, name: str) -> WorkflowEntry:
        """The workflow of a wire name.

        Raises:
            WorkflowUnknown: There is none; the hint names the nearest.
        """
        found = self.find_workflow(name)
        if found is None:
            raise WorkflowUnknown(
                f"There is no workflow `{name}`.",
                hint=did_you_mean(name, [entry.name for entry in self.workflows]),
            )
        return found
