"""In what workflow code runs: the SDK's sandbox, and what it lets through."""

from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from everloom.catalog import Catalog

PASSED_THROUGH = (
    "everloom.authoring",
    "everloom.core",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
    "typing_inspection",
)
"""Modules the sandbox does not import afresh for each run: free of side effects, or ours.

Never all modules: workflow code could then ask for the time, a random number or the network, and
nobody would notice before a replay fails.
"""


def workflow_runner(catalog: Catalog) -> WorkflowRunner:  # noqa: ARG001 - its packages decide what is let through
    """The runner of every worker and every replay of this code."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
