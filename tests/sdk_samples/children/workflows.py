"""A parent and its children."""

import asyncio

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy


@workflow.defn
class Child:
    """Answers, when it was told to where it is told to wait."""

    def __init__(self) -> None:
        self.may_end = False

    @workflow.run
    async def run(self, name: str, waits: bool) -> str:  # noqa: FBT001
        await workflow.wait_condition(lambda: self.may_end or not waits)
        return name.upper()

    @workflow.signal
    def end(self) -> None:
        self.may_end = True


@workflow.defn
class Parent:
    """Waits for two children and leaves a third behind."""

    @workflow.run
    async def run(self, left_behind: str) -> list[str]:
        await workflow.start_child_workflow(
            Child.run,
            args=["late", True],
            id=left_behind,
            parent_close_policy=ParentClosePolicy.ABANDON,
        )
        return list(
            await asyncio.gather(
                *(workflow.execute_child_workflow(Child.run, args=[each, False]) for each in "ab")
            )
        )
