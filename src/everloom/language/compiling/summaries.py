"""One line about a task, for its docstring."""

from everloom.language.models.access import EndpointObject
from everloom.language.models.options import task_options
from everloom.language.models.processes import RunWhat
from everloom.language.models.tasks import (
    CallFunction,
    CallGrpc,
    CallHttp,
    CallMcp,
    CallOpenApi,
    EmitTask,
    ForkTask,
    ForTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SwitchTask,
    Task,
    TryTask,
)

from .docstrings import sentence

_PLAIN = {"set": "Set the data.", "do": "Do one task after the other.", "wait": "Wait."}


def summary_of(task: Task) -> str:
    """What a task does, in one line."""
    said = task_options(task.metadata).summary or _said(task)
    return sentence(said)


def _said(task: Task) -> str:
    match task:
        case CallHttp(with_=given):
            endpoint = given.endpoint
            uri = endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint
            said = f"{given.method.upper()} {uri}"
        case CallOpenApi(with_=given):
            said = f"Call the operation {given.operation_id}"
        case CallGrpc(with_=given):
            said = f"Call {given.service.name}/{given.method}"
        case CallMcp(with_=given):
            said = f"Ask an MCP server: {given.method}"
        case CallFunction(call=name):
            said = f"Call {name}"
        case EmitTask(emit=what):
            said = f"Emit {what.event.with_.type}"
        case ListenTask():
            said = "Wait for events"
        case _:
            said = _said_of_control(task)
    return said


def _said_of_control(task: Task) -> str:
    match task:
        case ForTask(for_=what):
            said = f"For each {what.each}"
        case ForkTask(fork=what):
            said = "Race" if what.compete else "Do side by side"
        case RaiseTask(raise_=what):
            error = what.error
            said = f"Raise {error if isinstance(error, str) else error.title or error.type}"
        case RunTask(run=what):
            said = f"Run {_process(what)}"
        case SwitchTask():
            said = "Choose: " + ", ".join(name for item in task.switch for name in item)
        case TryTask():
            said = "Try, and catch errors"
        case _:
            said = _PLAIN.get(task.kind, task.kind)
    return said


def _process(what: RunWhat) -> str:
    if what.workflow is not None:
        return f"the workflow {what.workflow.namespace}.{what.workflow.name}"
    return f"a script in {what.script.language}" if what.script else "a shell command"
