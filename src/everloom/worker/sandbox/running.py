"""The runner of workflow code: the SDK's sandboxed one, with the application's shared modules."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker._command_aware_visitor import CommandInfo
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.worker.workflow_sandbox._in_sandbox import InSandbox
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext
from temporalio.worker.workflow_sandbox._runner import (
    _Instance as SandboxInstance,  # pyright: ignore[reportPrivateUsage] - made nowhere else
)
from typing_extensions import override

from everloom.catalog import Catalog

from .guard import install_guard
from .installed import passed_distributions
from .restrictions import once_for_all, restrictions
from .sorting import Sorting, sort_modules
from .telling import speak_for_the_sandbox
from .world import Refusal, World, WorldImporter, add_to_world, guard_modules


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

    # The SDK asks both for every payload, several times, and each time compiles and runs a line in the
    # sandbox to do so. Both only look up what the SDK's own instance knows; no code of the
    # application runs, so there is nothing to keep out.

    @override
    def get_serialization_context(
        self, command_info: CommandInfo | None
    ) -> SerializationContext | None:
        return self._inside().get_serialization_context(command_info)

    @override
    def get_external_store_context(
        self, command_info: CommandInfo | None
    ) -> StorageDriverStoreContext:
        return self._inside().get_external_store_context(command_info)

    def _inside(self) -> InSandbox:
        return self.globals_and_locals["__temporal_in_sandbox"]  # pyright: ignore[reportReturnType] - the SDK types its globals as text


def workflow_runner(catalog: Catalog) -> WorkflowRunner:
    """The runner of every worker and every replay of this code."""
    return runner_for(entry.cls for entry in catalog.workflows)


def runner_for(workflows: Iterable[type]) -> GuardedRunner:
    """The runner of some workflow classes."""
    install_guard()
    speak_for_the_sandbox()
    classes = list(workflows)
    apart: set[str] = set()
    unwatched: dict[str, Refusal] = {}
    while True:
        sorting = sort_modules(classes, apart=apart)
        allowed = restrictions({*_passed(sorting), *unwatched})
        world, refusal = _make_world(sorting, allowed, frozenset(unwatched))
        if refusal is None:
            return GuardedRunner(
                restrictions=allowed, world=world, refusals=tuple(unwatched.values())
            )
        if refusal.module in sorting.with_workflows:
            apart.add(refusal.module)  # the SDK imports it for each run, or says why it cannot
        else:
            unwatched[refusal.module] = refusal


def _make_world(
    sorting: Sorting, allowed: SandboxRestrictions, unwatched: frozenset[str]
) -> tuple[World, Refusal | None]:
    """Import what is shared. What has workflows may do no more than if each run imported it."""
    shared = sorting.shared - unwatched
    world = World(watched=(sorting.shared | sorting.afresh) - unwatched)
    world, refusal = add_to_world(world, shared - sorting.with_workflows, once_for_all(allowed))
    world = guard_modules(world, allowed)
    if refusal is None:
        world, refusal = add_to_world(world, shared & sorting.with_workflows, allowed)
    return world, refusal


def _passed(sorting: Sorting) -> set[str]:
    return {*passed_distributions(sorting.readings), *sorting.passed_names()}
