"""Try whether the sandbox takes the workflow files, without a worker: for the doctor."""

from temporalio import workflow
from temporalio.worker import WorkflowRunner

from everloom.catalog import Catalog
from everloom.core import Problem

from .imports import import_problems
from .installed import own_place
from .running import runner_for

REFUSED_HINT = (
    "A workflow file is imported for each run, so it may do nothing while it is imported. "
    "Move this into an activity, or into a module of its own that the activities import."
)


async def check_sandbox(catalog: Catalog) -> tuple[list[Problem], list[Problem]]:
    """What cannot run, and what works and somebody should know."""
    runner = runner_for(entry.cls for entry in catalog.workflows)
    tried = (_try(runner, entry.cls) for entry in catalog.workflows)
    refused = {problem.place: problem for problem in tried if problem is not None}
    return list(refused.values()), import_problems(catalog, runner)


def refused(error: BaseException, hint: str = REFUSED_HINT) -> Problem:
    """What the sandbox said to a workflow file."""
    said = f"{type(error).__name__}: {error}".rstrip(".")
    return Problem(
        "sandbox-refuses",
        f"The sandbox refuses this workflow file: {said}.",
        hint,
        own_place(error),
    )


def _try(runner: WorkflowRunner, cls: type) -> Problem | None:
    found = workflow._Definition.must_from_class(cls)  # noqa: SLF001 - what a worker asks for
    try:
        runner.prepare_workflow(found)
    except Exception as error:  # noqa: BLE001 - a file may raise anything while it is imported
        return refused(error)
    return None
