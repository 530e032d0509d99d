"""Calls: activities of Everloom for the standard's protocols, and activities written in Python.

A fault is a task's own business (`try` catches it, or it faults the workflow), so Temporal does not
try a call again because of one. What it does try again is a call whose worker was lost.
"""

from collections.abc import Mapping
from typing import Any

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    FailureError,
    TimeoutType,
    is_cancelled_exception,
)
from temporalio.exceptions import (
    TimeoutError as TemporalTimeout,
)

from everloom.core import Json, is_list, is_object, pointer

from .faults import fault_from
from .marks import marked
from .options import DEFAULT, LONGEST, Options, step_heartbeat
from .requests import GRPC, HTTP, MCP, OPENAPI, SCRIPT, SHELL, Deferred, StepRequest
from .scope import Deferral, Scope
from .telling import told

NO_ARGUMENT: Json = object()
"""Said in place of the input of an activity that takes none."""


async def call_http(here: Scope, options: Options = DEFAULT, **arguments: Json) -> Json:
    """Call a web address; arguments as in the standard's `call: http`."""
    return await call_step(here, HTTP, arguments, options)


async def call_openapi(here: Scope, options: Options = DEFAULT, **arguments: Json) -> Json:
    """Call an operation of an OpenAPI document; arguments as in `call: openapi`."""
    return await call_step(here, OPENAPI, arguments, options)


async def call_grpc(here: Scope, options: Options = DEFAULT, **arguments: Json) -> Json:
    """Call a method of a gRPC service; arguments as in `call: grpc`."""
    return await call_step(here, GRPC, arguments, options)


async def call_mcp(here: Scope, options: Options = DEFAULT, **arguments: Json) -> Json:
    """Call a method of an MCP server; arguments as in `call: mcp`."""
    return await call_step(here, MCP, arguments, options)


async def run_script(
    here: Scope, options: Options = DEFAULT, *, wait: bool = True, **arguments: Json
) -> Json:
    """Run a script; arguments as in `run.script`, and `return`."""
    return await _process(here, SCRIPT, arguments, options, wait=wait)


async def run_shell(
    here: Scope, options: Options = DEFAULT, *, wait: bool = True, **arguments: Json
) -> Json:
    """Run a shell command; arguments as in `run.shell`, and `return`."""
    return await _process(here, SHELL, arguments, options, wait=wait)


async def call_step(
    here: Scope, activity: str, arguments: Mapping[str, Json], options: Options = DEFAULT
) -> Json:
    """Do a step in an activity of `everloom.steps`.

    Raises:
        Fault: It failed.
    """
    request = _request(here, arguments)
    try:
        return await _start(here, activity, request, options)
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        raise fault_from(error) from error


async def call_activity(
    here: Scope, activity: str, argument: Json = NO_ARGUMENT, options: Options = DEFAULT
) -> Json:
    """Call an activity written in Python, by its wire name.

    Args:
        here: Scope of the task.
        activity: Wire name.
        argument: Its input; left out when it takes none.
        options: Queue, limits and retries.

    Raises:
        Fault: It failed.
    """
    while True:
        try:
            return await _execute(here, activity, argument, options, attempts=1)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            if options.attempts is not None or not _is_worker_lost(error):
                raise fault_from(error) from error


async def _process(
    here: Scope, activity: str, arguments: dict[str, Json], options: Options, *, wait: bool
) -> Json:
    """A process; one that nobody waits for goes on beside the workflow, which ends after it."""
    named = {name.rstrip("_"): value for name, value in arguments.items()}
    if wait:
        return await call_step(here, activity, named, options)
    request = _request(here, named)
    here.run.beside.append(_begin(here, activity, request, options))
    return here.data


async def _start(here: Scope, activity: str, request: StepRequest, options: Options) -> Json:
    """Steps raise no failure that could be tried again, so only what was lost is."""
    return await _execute(here, activity, request, options, attempts=0)


def _begin(here: Scope, activity: str, request: StepRequest, options: Options) -> Any:
    with told(_reference(here), options.cost):
        return workflow.start_activity(
            activity,
            request,
            task_queue=options.queue,
            start_to_close_timeout=options.timeout or LONGEST,
            heartbeat_timeout=options.heartbeat or step_heartbeat(),
            retry_policy=options.retry_policy(0),
            summary=options.summary or _summary(here),
        )


async def _execute(
    here: Scope, activity: str, argument: Any, options: Options, *, attempts: int
) -> Json:
    summary = options.summary or _summary(here)
    if summary and not isinstance(argument, StepRequest):  # a step's request names its task itself
        summary = marked(summary, _reference(here))
    arguments: list[Any] = [] if argument is NO_ARGUMENT else [argument]
    if options.local:
        with told(_reference(here), options.cost):
            local = workflow.start_local_activity(
                activity,
                args=arguments,
                start_to_close_timeout=options.timeout or LONGEST,
                schedule_to_close_timeout=options.total,
                retry_policy=options.retry_policy(attempts),
                summary=summary,
            )
        return await local
    is_step = isinstance(argument, StepRequest)
    with told(_reference(here), options.cost):
        handle = workflow.start_activity(
            activity,
            args=arguments,
            task_queue=options.queue,
            start_to_close_timeout=options.timeout or LONGEST,
            schedule_to_close_timeout=options.total,
            schedule_to_start_timeout=options.wait,
            heartbeat_timeout=options.heartbeat or (step_heartbeat() if is_step else None),
            retry_policy=options.retry_policy(attempts),
            summary=summary,
        )
    return await handle


def _summary(here: Scope) -> str | None:
    return here.task.name[:200] if here.task else None


def _reference(here: Scope) -> str:
    return here.task.reference if here.task else ""


def _request(here: Scope, arguments: Mapping[str, Json]) -> StepRequest:
    deferred: list[Deferred] = []
    plain = {name: _plain(value, pointer((name,)), deferred) for name, value in arguments.items()}
    return StepRequest(
        arguments=plain,
        deferred=tuple(deferred),
        secrets=here.run.about.secrets,
        instance=_reference(here),
    )


def _plain(value: Json, at: str, deferred: list[Deferred]) -> Json:
    """The value without what is still to be evaluated; that is added to `deferred`."""
    if isinstance(value, Deferral):
        deferred.append(
            Deferred(
                at=at,
                expression=value.expression,
                input=value.data,
                variables=dict(value.variables),
            )
        )
        return None
    if is_object(value):
        return {name: _plain(part, at + pointer((name,)), deferred) for name, part in value.items()}
    if is_list(value):
        return [_plain(part, at + pointer((place,)), deferred) for place, part in enumerate(value)]
    return value


def _is_worker_lost(error: FailureError) -> bool:
    cause = error.cause if isinstance(error, ActivityError) else None
    return isinstance(cause, TemporalTimeout) and cause.type == TimeoutType.HEARTBEAT
