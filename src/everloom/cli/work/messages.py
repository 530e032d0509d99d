"""Signals, queries and updates."""

from collections.abc import Awaitable
from typing import Any, Literal

from everloom.catalog import discover
from everloom.cli.output import Output
from everloom.control import query_run, signal_run, update_run

from .inputs import read_input
from .session import Session, in_session

Kind = Literal["signal", "query", "update"]


def send(kind: Kind, id: str, name: str, argument: str | None, *, as_json: bool) -> None:
    """Send a message, and print its answer where there is one."""
    arguments = read_arguments(argument)
    answer = in_session(lambda now: _send(kind, now, id, name, arguments))
    tell_answer(kind, id, name, answer, as_json=as_json)


def read_arguments(argument: str | None) -> list[Any]:
    """What goes along: nothing, or one value.

    Raises:
        InputFileMissing, InputUnreadable: It cannot be read.
    """
    return [] if argument is None else [read_input(argument)]


def tell_answer(kind: Kind, id: str, name: str, answer: object, *, as_json: bool) -> None:
    """Write what came back."""
    out = Output(as_json=as_json)
    if kind == "signal":
        out.say(f"Sent {name} to {id}.")
        if as_json:
            out.document({"id": id, "done": "signalled"})
    elif as_json:
        out.document({"answer": answer})
    else:
        out.value(answer)


def _send(kind: Kind, now: Session, id: str, name: str, arguments: list[Any]) -> Awaitable[Any]:
    catalog = discover(now.settings)
    match kind:
        case "signal":
            return signal_run(catalog, now.temporal, id, name, arguments=arguments)
        case "query":
            return query_run(catalog, now.temporal, id, name, arguments=arguments)
        case "update":
            return update_run(catalog, now.temporal, id, name, arguments=arguments)
