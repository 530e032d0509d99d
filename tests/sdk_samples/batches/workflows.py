"""The window, and what is done to a record."""

from dataclasses import dataclass

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy


@dataclass
class Window:
    """How far it has come; goes on into the next run."""

    records: int
    size: int
    next: int = 0
    running: int = 0
    sum: int = 0
    pages: int = 1


@workflow.defn
class Record:
    """Works at one record and says so to whoever watches the window."""

    @workflow.run
    async def run(self, number: int, window_id: str) -> None:
        handle = workflow.get_external_workflow_handle_for(SlidingWindow.run, window_id)
        await handle.signal(SlidingWindow.done, number * number)


@workflow.defn
class SlidingWindow:
    """Keeps a few records in work, and begins a new run now and then."""

    @workflow.init
    def __init__(self, window: Window) -> None:
        self.window = window

    @workflow.run
    async def run(self, window: Window) -> list[int]:  # noqa: ARG002 - the SDK gives it to both
        own = workflow.info().workflow_id
        begun = 0
        while self.window.next < self.window.records:
            await workflow.wait_condition(lambda: self.window.running < self.window.size)
            if begun == 8:
                await workflow.wait_condition(workflow.all_handlers_finished)
                self.window.pages += 1
                workflow.continue_as_new(self.window)
            number = self.window.next
            self.window.next += 1
            self.window.running += 1
            begun += 1
            await workflow.start_child_workflow(
                Record.run,
                args=[number, own],
                id=f"{own}/{number}",
                parent_close_policy=ParentClosePolicy.ABANDON,
            )
        await workflow.wait_condition(lambda: self.window.running == 0)
        return [self.window.sum, self.window.pages]

    @workflow.signal
    def done(self, result: int) -> None:
        self.window.running -= 1
        self.window.sum += result
