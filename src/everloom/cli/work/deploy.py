"""Show the versions of the workers, try one, promote one, go back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

from everloom.catalog import discover
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
from everloom.core import Conflict, Problem

from .session import Session, session


class VersionBreaksRuns(Conflict):
    """Runs could not go on with the code that was to be promoted."""

    code = "version-breaks-runs"


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
        lambda now, name: ramp_version(now.temporal, name, version, percent, force=force),
        deployment,
        as_json=as_json,
    )


def promote(
    version: str, deployment: str | None, *, force: bool, replay: bool, as_json: bool
) -> None:
    """Let all new runs go to a version."""

    async def make(now: Session, name: str) -> Routed:
        if replay:
            await _check_replays(now)
        return await promote_version(now.temporal, name, version, force=force)

    _change(make, deployment, as_json=as_json)


def go_back(deployment: str | None, *, force: bool, as_json: bool) -> None:
    """Undo the last step."""
    _change(
        lambda now, name: roll_back(now.temporal, name, force=force), deployment, as_json=as_json
    )


def _change(
    make: Callable[[Session, str], Awaitable[Routed]],
    deployment: str | None,
    *,
    as_json: bool,
) -> None:
    out = Output(as_json=as_json)

    async def act() -> Routed:
        async with session() as now:
            name = await find_deployment(now.settings, now.temporal, deployment)
            return await make(now, name)

    routed = asyncio.run(act())
    if as_json:
        out.document(routed)
        return
    for line in _sentences(routed):
        out.say(line)


async def _check_replays(now: Session) -> None:
    """Refuse code that open or recent runs could not go on with."""
    # Replaying brings the SDK's workers along; only who asks for it waits for that.
    from everloom.worker.replaying import replay_histories, sample_subjects  # noqa: PLC0415

    catalog = discover(now.settings)
    subjects = await sample_subjects(now.temporal, catalog, now.settings)
    problems = [
        Problem(
            each.broken.kind,
            f"The run {each.workflow_id!r} ({each.workflow}) could not go on: "
            f"{each.broken.message}",
            each.broken.hint,
            each.broken.place,
        )
        async for each in replay_histories(
            subjects, catalog, now.settings, namespace=now.temporal.namespace
        )
        if each.broken is not None
    ]
    if problems:
        raise VersionBreaksRuns(
            f"The code on disk would break {len(problems)} of {len(subjects)} replayed runs; "
            "nothing was promoted.",
            hint="`everloom replay` shows them. Pinned runs stay on their version: without "
            "`--replay` it is promoted all the same.",
            problems=problems,
        )


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
