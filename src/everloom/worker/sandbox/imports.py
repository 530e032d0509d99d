"""Tell at start-up what the imports of workflow files cost, and which of them the sandbox refuses."""

from temporalio.worker import WorkflowRunner

from everloom.catalog import Catalog, heavy_imports
from everloom.core import Problem
from everloom.observe import get_logger

from .running import GuardedRunner
from .world import Refusal

log = get_logger("everloom.worker")


def import_problems(catalog: Catalog, runner: WorkflowRunner) -> list[Problem]:
    """What works, and somebody should know: heavy imports, and modules the sandbox cannot watch."""
    refusals = runner.refusals if isinstance(runner, GuardedRunner) else ()
    return [*heavy_imports(catalog), *(_unwatched(each) for each in refusals)]


def say_imports(catalog: Catalog, runner: WorkflowRunner) -> None:
    """Say it in the log, a line each."""
    for problem in import_problems(catalog, runner):
        log.warning(
            "import of a workflow file",
            place=problem.place,
            problem=problem.message,
            hint=problem.hint,
        )


def _unwatched(refusal: Refusal) -> Problem:
    said = refusal.said.rstrip(".")
    return Problem(
        "import-unwatched",
        f"Module `{refusal.module}` cannot be imported a second time, inside the sandbox: "
        f"{said}. Clocks and random numbers in it are not watched in workflows.",
        "Keep what workflows need of it in a module of its own.",
        refusal.place,
    )
