"""Signals, queries and updates to runs of a project."""

from collections.abc import Awaitable
from typing import Any

from everloom.cli.work.messages import Kind, read_arguments, tell_answer
from everloom.cli.work.platform import on_platform
from everloom.control import executions
from everloom.control.projects import Platform


def send(
    kind: Kind, id: str, name: str, argument: str | None, *, project: str, as_json: bool
) -> None:
    """Send a message, and print its answer where there is one."""
    arguments = read_arguments(argument)

    def act(p: Platform, by: str) -> Awaitable[Any]:
        match kind:
            case "signal":
                return executions.signal_run(p, project, id, name, arguments=arguments, by=by)
            case "query":
                return executions.query_run(p, project, id, name, arguments=arguments)
            case "update":
                return executions.update_run(p, project, id, name, arguments=arguments, by=by)

    answer = on_platform(act, temporal=True)
    tell_answer(kind, id, name, answer, as_json=as_json)
