"""What is written on a task: what it does, in a few words, and when."""

from collections.abc import Sequence
from typing import Any

from everloom.language.models.access import Endpoint, EndpointObject
from everloom.language.models.data import Timeout
from everloom.language.models.events import EventFilter, EventsUntil, EventsWanted
from everloom.language.models.faults import RetryPolicy
from everloom.language.models.processes import RunWhat
from everloom.language.models.tasks import (
    CallFunction,
    CallGrpc,
    CallHttp,
    CallMcp,
    CallOpenApi,
    CallUnsupported,
    Catch,
    EmitTask,
    ForkTask,
    ForTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    Task,
    WaitTask,
)
from everloom.language.models.workflow import Schedule

from .spans import bare, span_of
from .texts import plain

_Call = CallHttp | CallOpenApi | CallGrpc | CallMcp | CallUnsupported | CallFunction


def icon_of(task: Task) -> str:
    """Which icon shows what a task does."""
    if isinstance(task, CallFunction):
        return "function"
    if isinstance(task, CallHttp | CallOpenApi | CallGrpc | CallMcp | CallUnsupported):
        return task.call
    return _process_of(task.run) if isinstance(task, RunTask) else task.kind


def lines_of(task: Task) -> tuple[str, ...]:
    """What a task does, and its conditions."""
    lines = [_what(task)]
    if task.if_ is not None:
        lines.append(f"if {bare(task.if_)}")
    if task.timeout is not None:
        after = task.timeout.after if isinstance(task.timeout, Timeout) else task.timeout
        lines.append(f"at most {span_of(after)}")
    return tuple(plain(line) for line in lines if line)


def catch_lines(catch: Catch) -> tuple[str, ...]:
    """Which errors are caught."""
    lines: list[str] = []
    if catch.errors is not None and catch.errors.with_ is not None:
        wanted = catch.errors.with_.model_dump(exclude_none=True)
        if "type" in wanted:
            wanted["type"] = _last_part(wanted["type"])
        lines.append(", ".join(f"{name} {value}" for name, value in wanted.items()))
    if catch.when is not None:
        lines.append(f"when {bare(catch.when)}")
    if catch.except_when is not None:
        lines.append(f"except when {bare(catch.except_when)}")
    return tuple(plain(line) for line in lines) or ("any error",)


def retry_line(retry: RetryPolicy | str) -> str:
    """How often something is tried again, and after how long."""
    if isinstance(retry, str):
        return plain(f"retry: {retry}")
    attempts = retry.limit.attempt if retry.limit is not None else None
    count = attempts.count if attempts is not None else None
    words = ["retry" if count is None else f"retry {count}\u00d7"]
    if retry.delay is not None:
        words.append(f"after {span_of(retry.delay)}")
    if retry.backoff is not None:
        words += sorted(retry.backoff.model_fields_set - {"constant"})
    if retry.limit is not None and retry.limit.duration is not None:
        words.append(f"for at most {span_of(retry.limit.duration)}")
    return plain(", ".join(words))


def schedule_line(schedule: Schedule | None) -> str:
    """When runs begin by themselves."""
    if schedule is None:
        return ""
    if schedule.cron is not None:
        return plain(f"cron {schedule.cron}")
    if schedule.every is not None:
        return plain(f"every {span_of(schedule.every)}")
    if schedule.after is not None:
        return plain(f"{span_of(schedule.after)} after each run")
    return "" if schedule.on is None else plain(f"on {_events(schedule.on)}")


def _what(task: Task) -> str:
    match task:
        case WaitTask():
            return span_of(task.wait)
        case EmitTask():
            return bare(task.emit.event.with_.type or "")
        case RaiseTask():
            error = task.raise_.error
            return error if isinstance(error, str) else f"{_last_part(error.type)} {error.status}"
        case RunTask():
            return _run(task.run)
        case _:
            return _of_others(task)


def _call(task: _Call) -> str:
    match task:
        case CallHttp(with_=sent):
            return f"{bare(sent.method).upper()} {_endpoint(sent.endpoint)}"
        case CallOpenApi(with_=sent):
            return f"{bare(sent.operation_id)} of {_endpoint(sent.document.endpoint)}"
        case CallGrpc(with_=sent):
            return f"{bare(sent.service.name)}/{bare(sent.method)}"
        case CallMcp(with_=sent):
            named = sent.parameters.get("name") if isinstance(sent.parameters, dict) else None
            return f"{sent.method} {named}" if isinstance(named, str) else sent.method
        case CallUnsupported():
            return task.call
        case CallFunction():
            return task.call.removesuffix("@default")


def _of_others(task: Task) -> str:
    if isinstance(task, _Call):
        return _call(task)
    match task:
        case SetTask():
            return bare(task.set) if isinstance(task.set, str) else ", ".join(task.set)
        case ForTask(for_=loop):
            over = bare(loop.in_) if isinstance(loop.in_, str) else f"{len(loop.in_)} items"
            ends = f" while {bare(task.while_)}" if task.while_ is not None else ""
            return f"each {loop.each} in {over}{ends}"
        case ForkTask():
            return "the first to succeed wins" if task.fork.compete else "side by side"
        case ListenTask():
            return _events(task.listen.to)
        case _:
            return ""


def _process_of(run: RunWhat) -> str:
    kinds = ("workflow", "script", "shell", "container")
    return next(kind for kind in kinds if kind in run.model_fields_set)


def _run(run: RunWhat) -> str:
    if run.workflow is not None:
        it = run.workflow
        waits = "" if run.await_ else ", not waited for"
        return f"{it.namespace}.{it.name}@{it.version}{waits}"
    if run.script is not None:
        return run.script.language
    return "" if run.shell is None else bare(run.shell.command)


def _endpoint(endpoint: Endpoint) -> str:
    uri = bare(endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint)
    return uri.removeprefix("https://")


def _last_part(uri: Any) -> str:
    return bare(str(uri)).rstrip("/").rsplit("/", maxsplit=1)[-1]


def _events(wanted: EventsUntil) -> str:
    if wanted.one is not None:
        words = _filter(wanted.one)
    elif wanted.all is not None:
        words = f"all of {_filters(wanted.all)}"
    else:
        words = f"any of {_filters(wanted.any)}" if wanted.any else "any event"
    if isinstance(wanted, EventsWanted) and wanted.until is not None:
        until = wanted.until
        words += f" until {bare(until) if isinstance(until, str) else _events(until)}"
    return words


def _filters(filters: Sequence[EventFilter] | None) -> str:
    return ", ".join(_filter(each) for each in filters or ())


def _filter(each: EventFilter) -> str:
    if each.with_.type is not None:
        return bare(each.with_.type)
    named = each.with_.model_dump(exclude_none=True, by_alias=True)
    return ", ".join(f"{name} {value}" for name, value in named.items())
