"""Call activities from workflow code: typed, with limits named once."""

from collections.abc import Awaitable, Callable
from typing import Any, TypedDict, TypeVar, Unpack, overload

from temporalio import workflow

from everloom.core import Invalid

from .bindings import ActivityBinding, find_activity_binding
from .policy import STANDARD, Policy
from .tracking import track

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")
OwnerT = TypeVar("OwnerT")


class NotAnActivity(Invalid):
    """Something was called as an activity that was never declared as one."""

    code = "not-an-activity"


class _Defaults:
    policy = STANDARD


def use_default_policy(policy: Policy) -> None:
    """Set what calls leave open, for this process. A worker does so once, from the settings.

    Limits are no part of what a replay compares, so a changed setting breaks no run.
    """
    _Defaults.policy = policy.over(STANDARD)


class CallOptions(TypedDict, total=False):
    """What may be said at a call; all of it may be left out."""

    policy: Policy
    """Limits and retries; what it leaves open comes from the settings."""

    local: bool
    """Run it in this worker, within the workflow task: for short idempotent work. Several in a row
    cost one round trip to Temporal instead of one each."""

    summary: str
    """One line that Temporal's web interface shows at this call. Default: the first line of the
    activity's docstring."""


@overload
async def call(
    activity: Callable[[InputT], Awaitable[OutputT]],
    input: InputT,
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[OwnerT, InputT], Awaitable[OutputT]],
    input: InputT,
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[], Awaitable[OutputT]],
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[OwnerT], Awaitable[OutputT]],
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[InputT], OutputT],
    input: InputT,
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[OwnerT, InputT], OutputT],
    input: InputT,
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[], OutputT],
    **options: Unpack[CallOptions],
) -> OutputT: ...
@overload
async def call(
    activity: Callable[[OwnerT], OutputT],
    **options: Unpack[CallOptions],
) -> OutputT: ...
async def call(
    activity: Callable[..., Any], input: Any = None, **options: Unpack[CallOptions]
) -> Any:
    """Run an activity on its queue and return its result.

    Args:
        activity: A function declared with `@activity_type`, or a method as `Class.method`.
        input: Its one input; left out when it takes none.
        **options: `policy`, `local` and `summary`, as in `CallOptions`.

    Raises:
        NotAnActivity: It was never declared as one.
        InputInvalid: The input does not fit the activity's input type.
        temporalio.exceptions.ActivityError: It failed for good; the cause says why.
    """
    binding = find_activity_binding(activity)
    if binding is None:
        name = getattr(activity, "__qualname__", repr(activity))
        raise NotAnActivity(
            f"`{name}` is no activity.", hint="Declare it with `@activity_type(name=...)`."
        )
    args = [] if binding.input_type is None and input is None else [binding.check(input)]
    limits = options.get("policy", Policy()).over(_Defaults.policy)
    summary = options.get("summary") or binding.summary
    run = _local if options.get("local") else _remote
    with track(binding.name):
        return await run(binding, args, limits, summary)


async def _remote(
    binding: ActivityBinding, args: list[object], limits: Policy, summary: str
) -> Any:
    return await workflow.execute_activity(
        binding.name,
        args=args,
        task_queue=binding.queue,
        result_type=binding.output_type,
        start_to_close_timeout=limits.timeout,
        schedule_to_close_timeout=limits.total,
        schedule_to_start_timeout=limits.wait,
        heartbeat_timeout=limits.heartbeat,
        retry_policy=limits.retry_policy(),
        cancellation_type=limits.cancellation_type(),
        summary=summary or None,
        priority=limits.priority or workflow.info().priority,
    )


async def _local(binding: ActivityBinding, args: list[object], limits: Policy, summary: str) -> Any:
    return await workflow.execute_local_activity(
        binding.name,
        args=args,
        result_type=binding.output_type,
        start_to_close_timeout=limits.timeout,
        schedule_to_close_timeout=limits.total,
        schedule_to_start_timeout=limits.wait,
        retry_policy=limits.retry_policy(),
        cancellation_type=limits.cancellation_type(),
        summary=summary or None,
    )
