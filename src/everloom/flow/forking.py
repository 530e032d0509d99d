"""Tasks side by side: all of them, or the first that succeeds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from temporalio import workflow

from everloom.core import Json, is_object

from .faults import Fault
from .limits import stop
from .scope import Scope

Branch: TypeAlias = Callable[[Json, Scope], Awaitable[Json]]


async def fork(here: Scope, *branches: Branch) -> list[Json]:
    """Do tasks side by side, and give back their outputs in order of declaration.

    The first fault cancels the others. Each branch has a context of its own; what they export is
    merged in order of declaration.

    Args:
        here: Scope of the task.
        *branches: Methods of the tasks.
    """
    scopes = [here.branch() for _ in branches]
    doing = _start(here, branches, scopes)
    try:
        await workflow.wait(doing, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        here.run.parallel -= 1
        if not all(each.done() for each in doing):
            await stop(*doing)
    failed = [each for each in doing if not each.cancelled() and each.exception()]
    if failed:
        failed[0].result()
    outputs = [each.result() for each in doing]
    _merge(here, scopes)
    return outputs


async def race(here: Scope, *branches: Branch) -> Json:
    """Do tasks side by side until one succeeds, and give back its output.

    The others are cancelled and waited for. When all fail, the last fault is the task's.

    Args:
        here: Scope of the task.
        *branches: Methods of the tasks.
    """
    scopes = [here.branch() for _ in branches]
    doing = _start(here, branches, scopes)
    last: BaseException | None = None
    looked_at: set[asyncio.Task[Json]] = set()
    try:
        while left := [each for each in doing if each not in looked_at]:
            await workflow.wait(left, return_when=asyncio.FIRST_COMPLETED)
            for number, each in enumerate(doing):
                if each in looked_at or not each.done():
                    continue
                looked_at.add(each)
                last = _error_of(each)
                if last is None:
                    _merge(here, [scopes[number]])
                    return each.result()
                if not isinstance(last, Fault):  # the end of the workflow, or its cancellation
                    raise last
    finally:
        here.run.parallel -= 1
        await stop(*(each for each in doing if not each.done()))
    assert last is not None  # noqa: S101 - there is a branch at least
    raise last


def _start(
    here: Scope, branches: tuple[Branch, ...], scopes: list[Scope]
) -> "list[asyncio.Task[Json]]":
    here.run.parallel += 1

    async def go(branch: Branch, scope: Scope) -> Json:
        return await branch(here.data, scope)

    pairs = zip(branches, scopes, strict=True)
    return [asyncio.create_task(go(branch, scope)) for branch, scope in pairs]


def _error_of(done: "asyncio.Task[Json]") -> BaseException | None:
    return asyncio.CancelledError() if done.cancelled() else done.exception()


def _merge(here: Scope, scopes: list[Scope]) -> None:
    """What branches have exported becomes the context, in order; of objects, only what changed."""
    before = here.context.value
    for scope in scopes:
        exported = scope.context.value
        if exported is before:
            continue
        now = here.context.value
        if is_object(exported) and is_object(now):
            old: dict[str, Json] = before if is_object(before) else {}
            changed = {
                name: value
                for name, value in exported.items()
                if name not in old or old[name] != value
            }
            kept = {name: now[name] for name in now if name in exported or name not in old}
            here.context.value = {**kept, **changed}
        else:
            here.context.value = exported
