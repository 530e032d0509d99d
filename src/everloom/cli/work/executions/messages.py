"""Signals, queries and updates: to a run of the code, or of a project."""

from typing import Any, Literal

from everloom.catalog import discover
from everloom.cli.output import Output
from everloom.cli.work.inputs import read_input
from everloom.cli.work.platform import on_platform
from everloom.cli.work.session import in_session
from everloom.control import executions, query_run, signal_run, update_run
from everloom.control.projects import Platform

Kind = Literal["signal", "query", "update"]


def send(
    kind: Kind, id: str, name: str, argument: str | None, *, project: str | None, as_json: bool
) -> None:
    """Send a message, and print its answer where there is one."""
    arguments = [] if argument is None else [read_input(argument)]
    if project is None:
        answer = in_session(
            lambda now: _SENDERS[kind](
                discover(now.settings), now.temporal, id, name, arguments=arguments
            )
        )
    else:
        answer = on_platform(
            lambda p, by: _in_project(kind, p, project, id, name, arguments, by), temporal=True
        )
    out = Output(as_json=as_json)
    if kind != "signal":
        if as_json:
            out.document({"answer": answer})
        else:
            out.value(answer)
        return
    out.say(f"Sent {name} to {id}.")
    if as_json:
        out.document({"id": id, "done": "signalled"})


_SENDERS = {"signal": signal_run, "query": query_run, "update": update_run}


async def _in_project(
    kind: Kind, p: Platform, project: str, id: str, name: str, arguments: list[Any], by: str
) -> Any:
    match kind:
        case "signal":
            return await executions.signal_run(p, project, id, name, arguments=arguments, by=by)
        case "query":
            return await executions.query_run(p, project, id, name, arguments=arguments)
        case "update":
            return await executions.update_run(p, project, id, name, arguments=arguments, by=by)
