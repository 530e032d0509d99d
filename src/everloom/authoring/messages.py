"""Which signals, queries and updates does a workflow class know, and what guards them?

The guards stand between the SDK and the methods, so they hold under a plain SDK worker too, and code
that calls such a method itself meets the method alone.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal, get_type_hints

from temporalio import workflow

from everloom.core import EverloomError, NotFound, did_you_mean

from .activities import failure_from
from .backlog import Received, backlog_of
from .bindings import find_workflow_binding
from .checking import InputInvalid, read_json

MessageKind = Literal["signal", "query", "update"]

_NOTES: dict[MessageKind, str] = {
    "signal": "__temporal_signal_definition",
    "query": "__temporal_query_definition",
    "update": "_defn",
}
"""Where the SDK's decorators note what they were told, on the method."""

_GUARDED = "__everloom_guarded__"


class SignalUnknown(NotFound):
    """A workflow waits for no signal of that name."""

    code = "signal-unknown"


class QueryUnknown(NotFound):
    """A workflow answers no query of that name."""

    code = "query-unknown"


class UpdateUnknown(NotFound):
    """A workflow takes no update of that name."""

    code = "update-unknown"


_UNKNOWN: dict[MessageKind, type[NotFound]] = {
    "signal": SignalUnknown,
    "query": QueryUnknown,
    "update": UpdateUnknown,
}


def messages_of(workflow: type, kind: MessageKind) -> dict[str | None, Callable[..., Any]]:
    """Methods by wire name; None is the one that takes every name."""
    found: dict[str | None, Callable[..., Any]] = {}
    for _, method in inspect.getmembers(workflow, inspect.isfunction):
        definition = vars(method).get(_NOTES[kind])
        if definition is not None:
            found[definition.name] = method
    return found


def find_message(workflow: type, kind: MessageKind, name: str) -> Callable[..., Any] | None:
    """The method behind a wire name; None when one method takes every name.

    Raises:
        SignalUnknown, QueryUnknown, UpdateUnknown: The class knows no such name.
    """
    known = messages_of(workflow, kind)
    if name in known:
        return known[name]
    if None in known:
        return None
    binding = find_workflow_binding(workflow)
    of = binding.name if binding else workflow.__name__
    raise unknown_message(of, kind, name, [each for each in known if each])


def unknown_message(of: str, kind: MessageKind, name: str, known: list[str]) -> NotFound:
    """The refusal of a name, with those that are known."""
    names = ", ".join(f"`{each}`" for each in sorted(known))
    return _UNKNOWN[kind](
        f"`{of}` knows no {kind} `{name}`. " + (f"Known: {names}." if names else "It knows none."),
        hint=did_you_mean(name, known) if names else "",
    )


def check_kind(kind: MessageKind, method: Callable[..., Any]) -> None:
    """Whether a method is a message of that kind.

    Raises:
        SignalUnknown, QueryUnknown, UpdateUnknown: It is none.
    """
    if getattr(method, _NOTES[kind], None) is None:
        name = getattr(method, "__qualname__", repr(method))
        raise _UNKNOWN[kind](
            f"`{name}` is no {kind}.", hint=f"Name a method marked with `@workflow.{kind}`."
        )


def check_arguments(method: Callable[..., Any], args: tuple[Any, ...], *, hint: str = "") -> None:
    """Whether a method can be called so.

    Raises:
        InputInvalid: Too few arguments, or too many.
    """
    try:
        inspect.signature(method).bind(None, *args)
    except TypeError as error:
        raise InputInvalid(
            f"The arguments of `{method.__name__}` do not fit: {error}.", hint=hint
        ) from None


def guard_messages(cls: type) -> None:
    """Put the guards in front of the methods of a workflow class, once."""
    for _, method in inspect.getmembers(cls, inspect.isfunction):
        for kind, note in _NOTES.items():
            definition = vars(method).get(note)
            if definition is None or definition.name is None or hasattr(definition.fn, _GUARDED):
                continue
            setattr(method, note, _guarded(kind, definition, method))


def _guarded(kind: MessageKind, definition: Any, method: Callable[..., Any]) -> Any:
    """The SDK's note about a method, with the guards in place of what it calls."""
    match kind:
        case "query":
            guard = _query(method)
            changes: dict[str, Any] = {}
        case "signal":
            guard = _signal(method, definition.name)
            changes = {}
        case "update":
            guard = _update(method, definition.name)
            changes = {"validator": _validator(method, definition.validator)}
    setattr(guard, _GUARDED, True)
    return replace(definition, fn=guard, **changes)


def _signal(method: Callable[..., Any], name: str) -> Callable[..., Awaitable[None]]:
    @functools.wraps(method)
    async def guarded(self: object, *args: Any) -> None:
        try:
            fitting = _fitting(method, args)
        except InputInvalid as error:
            # Nobody waits for an answer, and a run that everybody needs must not stop for it.
            workflow.logger.warning(
                "signal dropped", extra={"signal": name, "reason": _reason(error)}
            )
            return
        with _our_failures():
            await _taken(self, Received("signal", name, method, fitting))

    return guarded


def _update(method: Callable[..., Any], name: str) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def guarded(self: object, *args: Any) -> Any:
        with _our_failures():
            return await _taken(self, Received("update", name, method, _fitting(method, args)))

    return guarded


def _validator(
    method: Callable[..., Any], validator: Callable[..., None] | None
) -> Callable[..., None]:
    """Refuses before the update is accepted, so that nothing of it stands in the history."""

    @functools.wraps(method)
    def guarded(self: object, *args: Any) -> None:
        with _our_failures():
            fitting = _fitting(method, args)
            if (backlog := backlog_of(self)) is not None:
                backlog.check_open()
            if validator is not None:
                validator(self, *fitting)

    return guarded


def _query(method: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(method):
        return method

    @functools.wraps(method)
    def guarded(self: object, *args: Any) -> Any:
        with _our_failures():
            return method(self, *_fitting(method, args))

    return guarded


async def _taken(instance: object, received: Received) -> Any:
    backlog = backlog_of(instance)
    return await (received.handle(instance) if backlog is None else backlog.take(received))


def _fitting(method: Callable[..., Any], args: tuple[Any, ...]) -> list[Any]:
    """The arguments as the method declares them.

    The SDK reads them by their types only when there are as many as the method has parameters; where
    some were left out, or there are too many, they come as plain JSON.
    """
    names = list(inspect.signature(method).parameters)[1:]
    if len(args) == len(names):
        return list(args)
    check_arguments(method, args)
    hints = get_type_hints(method)
    return [
        read_json(f"`{method.__name__}`", hints.get(name, Any), arg)
        for name, arg in zip(names, args, strict=False)
    ]


def _reason(error: EverloomError) -> str:
    return " ".join([error.message, *(problem.sentence() for problem in error.problems)])


@contextmanager
def _our_failures() -> Generator[None]:
    try:
        yield
    except EverloomError as error:
        raise failure_from(error) from error.__cause__
