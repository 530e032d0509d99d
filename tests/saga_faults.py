"""The sandbox in which tests of the SDK's own worker run workflow code."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "everloom", "pydantic", "tests"
    )
)
