"""Show the versions of the workers, try one, promote one, go back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

from everloom.cli.output import Output
from everloom.control import (
    DeploymentState,
    Routed,
    VersionState,
    find_deployment,
    parse_share,
    promote_version,
    ramp_version,
    roll_back,
    show_deployment,
)
from everloom.temporal import TemporalService

from .session import session

_UNVERSIONED = "workers without a version"


def show_status(deployment: str | None, *, as_json: bool) -> None:
    """Show the versions."""
    out = Output(as_json=as_json)

    async def find() -> DeploymentState:
        async with session() as now:
            name = await find_deployment(now.settings, now.temporal, deployment)
            return await show_deployment(now.temporal, name)

    state = asyncio.run(find())
    if as_json:
        out.document(state)
        return
    out.facts(_facts(state))
    out.heading("Versions")
    out.table(
        ("Version", "Status", "New runs", "Pinned open runs", "Workers"),
        [
            (
                each.build_id,
                _status(each),
                f"{each.share:g}%",
                str(each.open_runs),
                _workers(each),
            )
            for each in state.versions
        ],
    )


def ramp(version: str, share: str, deployment: str | None, *, force: bool, as_json: bool) -> None:
    """Let a share of the new runs go to a version."""
    percent = parse_share(share)
    _change(
        lambda temporal, name: ramp_version(temporal, name, version, percent, force=force),
        deployment,
        as_json=as_json,
    )


def promote(version: str, deployment: str | None, *, force: bool, as_json: bool) -> None:
    """Let all new runs go to a version."""
    _change(
        lambda temporal, name: promote_version(temporal, name, version, force=force),
        deployment,
        as_json=as_json,
    )


def go_back(deployment: str | None, *, force: bool, as_json: bool) -> None:
    """Undo the last step."""
    _change(
        lambda temporal, name: roll_back(temporal, name, force=force), deployment, as_json=as_json
    )


def _change(
    make: Callable[[TemporalService, str], Awaitable[Routed]],
    deployment: str | None,
    *,
    as_json: bool,
) -> None:
    out = Output(as_json=as_json)

    async def act() -> Routed:
        async with session() as now:
            name = await find_deployment(now.settings, now.temporal, deployment)
            return await make(now.temporal, name)

    routed = asyncio.run(act())
    if as_json:
        out.document(routed)
        return
    for line in _sentences(routed):
        out.say(line)


def _sentences(routed: Routed) -> Iterator[str]:
    current = routed.current or _UNVERSIONED
    match routed.done:
        case "unchanged":
            yield f"{current} is current already; nothing was changed."
        case "ramped":
            yield f"{routed.share:g}% of the new runs go to {routed.ramping}, the rest to {current}."
        case "ramp-ended":
            yield f"Ended the ramp: all new runs go to {current}."
        case _:
            back = "back " if routed.done == "rolled-back" else ""
            yield f"New runs go {back}to {current}."
            if routed.before is not None:
                yield (
                    f"Runs that are pinned to {routed.before} stay there: keep its workers until "
                    "`everloom deploy status` shows it as drained."
                )


def _facts(state: DeploymentState) -> Iterator[tuple[str, str]]:
    yield "Deployment", state.name
    yield "Current", state.current or f"none: new runs go to {_UNVERSIONED}"
    yield "Ramping", f"{state.ramping} ({state.share:g}%)" if state.ramping else ""


def _status(version: VersionState) -> str:
    if version.rolled_back and version.status not in {"current", "ramping"}:
        return f"{version.status}, rolled back from"
    if version.drained is not None:
        return f"{version.status} since {_moment(version.drained)}"
    return version.status


def _workers(version: VersionState) -> str:
    lines = [
        f"{queue.name}: {queue.workers} for {_kind(queue.kind)}"
        for queue in sorted(version.queues, key=lambda each: (each.name, each.kind), reverse=True)
    ]
    return "\n".join(lines)


def _kind(kind: str) -> str:
    return "workflows" if kind == "workflow" else "activities"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
