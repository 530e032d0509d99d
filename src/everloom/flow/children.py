"""`run.workflow`: another workflow, as a child of this one."""

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.workflow import ParentClosePolicy

from .faults import Fault, Json, fault_from, fault_of
from .marks import marked
from .options import DEFAULT, Options
from .scope import Scope


async def run_workflow(
    here: Scope, type: str, input: Json, *, wait: bool = True, options: Options = DEFAULT
) -> Json:
    """Run another workflow.

    Args:
        here: Scope of the task.
        type: Its workflow type, such as `shop.order@1.0.0`.
        input: Its input.
        wait: Whether to wait for its end, and give back its output. Otherwise it goes on by itself
            when this workflow has ended, and the data is given back.
        options: Its queue and summary.

    Raises:
        Fault: It faulted; the instance is this task.
    """
    summary = options.summary
    if here.task is not None:
        summary = marked(summary or here.task.name, here.task.reference)
    try:
        if wait:
            return await workflow.execute_child_workflow(
                type,
                input,
                id=_id(),
                task_queue=options.queue,
                execution_timeout=options.total,
                static_summary=summary,
            )
        await workflow.start_child_workflow(
            type,
            input,
            id=_id(),
            task_queue=options.queue,
            execution_timeout=options.total,
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=summary,
        )
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        raise _of_this_task(fault_from(error)) from error
    return here.data


def _id() -> str | None:
    """An id for the child within the project of this run; None, for one of the SDK's, outside of any.

    The ids of a project's runs begin with its queue.
    """
    info = workflow.info()
    project = f"{info.task_queue}/"
    return f"{project}{workflow.uuid4()}" if info.workflow_id.startswith(project) else None


def _of_this_task(fault: Fault) -> Fault:
    """The fault without its instance, which points into the other workflow's definition."""
    return fault_of({name: value for name, value in fault.problem.items() if name != "instance"})
