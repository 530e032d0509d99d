"""The runner of workflow code: the SDK's sandboxed one, with the application's shared modules."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext
from temporalio.worker.workflow_sandbox._runner import (
    _Instance as SandboxInstance,  # pyright: ignore[reportPrivateUsage] - made nowhere else
)
from typing_extensions import override

from everloom.catalog import Catalog

from .guard import install_guard
from .installed import passed_distributions
from .restrictions import restrictions
from .sorting import Sorting, sort_modules
from .telling import speak_for_the_sandbox
from .world import Refusal, World, WorldImporter, make_world


@dataclass(frozen=True)
class GuardedRunner(SandboxedWorkflowRunner):
    """The SDK's sandbox, computed from what is installed and what the application's files use."""

    world: World = field(default_factory=World)
    """What all runs share."""

    refusals: tuple[Refusal, ...] = ()
    """Modules that cannot be imported a second time: runs use the process's own, unwatched."""

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Instance(det, self.runner_class, self.restrictions, self.world)


class _Instance(SandboxInstance):
    def __init__(
        self,
        instance_details: WorkflowInstanceDetails,
        runner_class: type[WorkflowRunner],
        restrictions: SandboxRestrictions,
        world: World,
    ) -> None:
        self._world = world
        super().__init__(instance_details, runner_class, restrictions)

    @override
    def _create_instance(self) -> None:
        made = self.importer  # by the SDK's constructor, which asks nobody
        self.importer = WorldImporter(
            made.restrictions, RestrictionContext(), self._workflow_module_name(), self._world
        )
        super()._create_instance()


def workflow_runner(catalog: Catalog) -> WorkflowRunner:
    """The runner of every worker and every replay of this code."""
    return runner_for(entry.cls for entry in catalog.workflows)


def runner_for(workflows: Iterable[type]) -> GuardedRunner:
    """The runner of some workflow classes."""
    install_guard()
    speak_for_the_sandbox()
    sorting = sort_modules(workflows)
    unwatched: dict[str, Refusal] = {}
    while True:
        allowed = restrictions({*_passed(sorting), *unwatched})
        world, refusal = make_world(sorting.shared - set(unwatched), allowed)
        if refusal is None:
            return GuardedRunner(
                restrictions=allowed, world=world, refusals=tuple(unwatched.values())
            )
        unwatched[refusal.module] = refusal


def _passed(sorting: Sorting) -> set[str]:
    return {*passed_distributions(sorting.readings), *sorting.passed_names()}
