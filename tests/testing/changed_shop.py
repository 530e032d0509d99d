"""The shop's changing workflow, changed."""

from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from tests.testing.shop import Order, release, reserve

    from everloom.authoring import Workflow, call, workflow_type


@workflow_type(name="shop.steady")
class Changed(Workflow[Order, str]):
    """Does one thing more, first."""

    @override
    async def run(self, input: Order) -> str:
        await call(release, input)
        return await call(reserve, input)
