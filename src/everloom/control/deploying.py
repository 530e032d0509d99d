"""Which version of the workers gets the runs: look, try with a share, promote, go back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from everloom.core import Conflict, Invalid, NotFound, Problem, did_you_mean
from everloom.settings import Settings
from everloom.temporal import (
    Deployment,
    DeploymentNotFound,
    QueuePresence,
    TemporalService,
    Version,
    VersionDetails,
    VersionSummary,
    count_runs,
    list_deployments,
    mark_rolled_back,
    read_deployment,
    read_presence,
    read_version,
    set_current,
    set_ramping,
)

_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%?")

Queue = tuple[str, str]
"""Name and kind: `workflow` or `activity`."""


class DeploymentUnnamed(Invalid):
    """Several deployments may be meant, or none exists."""

    code = "deployment-unnamed"


class VersionUnknown(NotFound):
    """A deployment has no version of that build id."""

    code = "version-unknown"


class VersionNotReady(Conflict):
    """A version cannot take over: workers of it are missing."""

    code = "version-not-ready"


class NothingToRollBack(Conflict):
    """No version was current before."""

    code = "nothing-to-roll-back"


class ShareInvalid(Invalid):
    """A share is no percentage."""

    code = "share-invalid"


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """A queue that a version serves."""

    name: str
    kind: str
    workers: int
    """Workers of this version that ask it for tasks right now."""


@dataclass(frozen=True, kw_only=True)
class VersionState:
    """A version and what holds on to it."""

    build_id: str
    status: str
    share: float
    """Percent of new runs that go to it."""
    created: datetime | None
    last_current: datetime | None
    drained: datetime | None
    rolled_back: bool
    open_runs: int
    """Open runs that are pinned to it: its workers have to stay until there are none."""
    queues: tuple[QueueState, ...]


@dataclass(frozen=True, kw_only=True)
class DeploymentState:
    """A deployment and its versions, the youngest first."""

    name: str
    current: str | None
    ramping: str | None
    share: float
    versions: tuple[VersionState, ...]


@dataclass(frozen=True, kw_only=True)
class Routed:
    """Where new runs go after a change."""

    deployment: str
    before: str | None
    """The version that was current before the change."""
    current: str | None
    ramping: str | None
    share: float
    done: Literal["promoted", "ramped", "ramp-ended", "rolled-back", "unchanged"]


def parse_share(text: str) -> float:
    """Read a share: `10%` or `10`, more than 0 and at most 100.

    Raises:
        ShareInvalid: It is none.
    """
    found = _SHARE.fullmatch(text.strip())
    if found is None or not 0 < float(found[1]) <= 100:
        raise ShareInvalid(
            f"{text!r} is no share of the new runs.",
            hint="Write `10%`; more than 0 and at most 100.",
        )
    return float(found[1])


async def find_deployment(settings: Settings, temporal: TemporalService, asked: str | None) -> str:
    """The deployment that is meant: the one asked for, the settings' own, else the only one.

    Raises:
        DeploymentUnnamed: There are none, or several.
        TemporalUnavailable: Temporal is away.
    """
    if (named := asked or settings.deployment.name) is not None:
        return named
    known = await list_deployments(temporal)
    if len(known) == 1:
        return known[0]
    if not known:
        raise DeploymentUnnamed(
            "There is no deployment yet.",
            hint="Set `deployment.name` and start a worker: Temporal learns of it from its workers.",
        )
    raise DeploymentUnnamed(
        f"There are several deployments: {', '.join(sorted(known))}.",
        hint="Name one with `--deployment`, or set `deployment.name`.",
    )


async def find_version(settings: Settings, temporal: TemporalService, build_id: str) -> Version:
    """The version of a build id, in the deployment that is meant.

    Raises:
        DeploymentUnnamed, DeploymentNotFound, VersionUnknown: There is none, or several are meant.
        TemporalUnavailable: Temporal is away.
    """
    name = await find_deployment(settings, temporal, None)
    found = _read_version(await read_deployment(temporal, name), build_id)
    return Version(deployment=name, build_id=found.build_id)


async def show_deployment(temporal: TemporalService, name: str) -> DeploymentState:
    """A deployment, its versions, who works for each and what is pinned to each.

    Raises:
        DeploymentNotFound: There is none of that name.
        TemporalUnavailable: Temporal is away.
    """
    deployment = await read_deployment(temporal, name)
    seen = _Seen(temporal)
    return DeploymentState(
        name=name,
        current=deployment.current,
        ramping=deployment.ramping,
        share=deployment.share if deployment.ramping else 0.0,
        versions=tuple(
            [await _version_state(temporal, deployment, each, seen) for each in deployment.versions]
        ),
    )


async def ramp_version(
    temporal: TemporalService, name: str, build_id: str, share: float, *, force: bool = False
) -> Routed:
    """Let a share of the new runs go to a version.

    Raises:
        DeploymentNotFound, VersionUnknown: There is no such deployment or version.
        VersionNotReady: It is current, or workers of it are missing.
        DeploymentChanged: Somebody else changed the deployment meanwhile.
        TemporalUnavailable: Temporal is away.
    """
    deployment = await read_deployment(temporal, name)
    _read_version(deployment, build_id)
    if deployment.current == build_id:
        raise VersionNotReady(
            f"Version `{build_id}` is current already: it gets all runs that no other version gets.",
            hint="Name the version that is to be tried.",
        )
    if not force:
        await _check_ready(temporal, deployment, build_id)
    await set_ramping(temporal, deployment, build_id, share, force=force)
    return _routed(await read_deployment(temporal, name), deployment, "ramped")


async def promote_version(
    temporal: TemporalService, name: str, build_id: str, *, force: bool = False
) -> Routed:
    """Let all new runs go to a version. Runs that are pinned to another one stay there.

    Raises:
        DeploymentNotFound, VersionUnknown: There is no such deployment or version.
        VersionNotReady: A queue of it, or of the current version, has no worker of it.
        DeploymentChanged: Somebody else changed the deployment meanwhile.
        TemporalUnavailable: Temporal is away.
    """
    deployment = await read_deployment(temporal, name)
    _read_version(deployment, build_id)
    if deployment.current == build_id:
        return _routed(deployment, deployment, "unchanged")
    if not force:
        await _check_ready(temporal, deployment, build_id)
    await set_current(temporal, deployment, build_id, force=force)
    if (await read_version(temporal, name, build_id)).rolled_back:
        await mark_rolled_back(temporal, name, build_id, rolled_back=False)
    return _routed(await read_deployment(temporal, name), deployment, "promoted")


async def roll_back(temporal: TemporalService, name: str, *, force: bool = False) -> Routed:
    """Undo the last step: end the ramp, else make the version current that was so before.

    The version that is left is marked, so that a second roll-back goes further back and not forward.

    Raises:
        DeploymentNotFound: There is no such deployment.
        NothingToRollBack: No version was current before.
        VersionNotReady: The former version has no workers any more.
        DeploymentChanged: Somebody else changed the deployment meanwhile.
        TemporalUnavailable: Temporal is away.
    """
    deployment = await read_deployment(temporal, name)
    if deployment.ramping is not None:
        await set_ramping(temporal, deployment, None, 0.0, force=True)
        return _routed(await read_deployment(temporal, name), deployment, "ramp-ended")
    former = await _former(temporal, deployment)
    if not force:
        await _check_ready(temporal, deployment, former)
    await set_current(temporal, deployment, former, force=force)
    if deployment.current is not None:
        await mark_rolled_back(temporal, name, deployment.current, rolled_back=True)
    return _routed(await read_deployment(temporal, name), deployment, "rolled-back")


async def _former(temporal: TemporalService, deployment: Deployment) -> str:
    """The version that was current last, before the one that is, and was not rolled back from."""
    once_current = sorted(
        (
            (each.last_current, each.build_id)
            for each in deployment.versions
            if each.last_current is not None and each.build_id != deployment.current
        ),
        reverse=True,
    )
    for _, build_id in once_current:
        if not (await read_version(temporal, deployment.name, build_id)).rolled_back:
            return build_id
    raise NothingToRollBack(
        f"Nothing to roll back: before `{deployment.current or 'unversioned'}` no other version of "
        f"`{deployment.name}` was current.",
        hint="`everloom deploy promote VERSION` makes any version current.",
    )


async def _check_ready(temporal: TemporalService, deployment: Deployment, build_id: str) -> None:
    """Refuse a version whose workers are missing: runs that go to it would wait."""
    details = await read_version(temporal, deployment.name, build_id)
    current: tuple[Queue, ...] = ()
    if deployment.current not in {None, build_id}:
        current = (await read_version(temporal, deployment.name, deployment.current or "")).queues
    seen = _Seen(temporal)
    version = Version(deployment=deployment.name, build_id=build_id)
    served = {queue: len((await seen.read(queue)).alive(version)) for queue in details.queues}
    problems = tuple(_missing(served, current, build_id, deployment.current or ""))
    if problems:
        raise VersionNotReady(
            f"Version `{build_id}` of `{deployment.name}` cannot take over: workers are missing.",
            hint="Start its workers and try again, or say `--force`: runs then wait for them.",
            problems=problems,
        )


def _missing(
    served: dict[Queue, int], current: tuple[Queue, ...], build_id: str, current_id: str
) -> Iterator[Problem]:
    if not served:
        yield Problem("queue-unserved", f"No worker of `{build_id}` was seen yet.")
    for (name, kind), workers in served.items():
        if not workers:
            said = f"No worker of `{build_id}` asks the queue `{name}` for {_tasks(kind)}."
            yield Problem("queue-unserved", said)
    for name, kind in current:
        if (name, kind) not in served:
            yield Problem(
                "queue-missing",
                f"The current version `{current_id}` serves {_tasks(kind)} of the queue `{name}`; "
                f"`{build_id}` never did.",
            )


def _tasks(kind: str) -> str:
    return "workflow tasks" if kind == "workflow" else "activities"


def _read_version(deployment: Deployment, build_id: str) -> VersionSummary:
    found = deployment.find(build_id)
    if found is None:
        known = [each.build_id for each in deployment.versions]
        raise VersionUnknown(
            f"The deployment `{deployment.name}` has no version `{build_id}`.",
            hint=did_you_mean(build_id, known),
        )
    return found


def _routed(
    now: Deployment,
    before: Deployment,
    done: Literal["promoted", "ramped", "ramp-ended", "rolled-back", "unchanged"],
) -> Routed:
    return Routed(
        deployment=now.name,
        before=before.current,
        current=now.current,
        ramping=now.ramping,
        share=now.share if now.ramping else 0.0,
        done=done,
    )


class _Seen:
    """Asks about each queue once, however many versions serve it."""

    def __init__(self, temporal: TemporalService) -> None:
        self._temporal = temporal
        self._presences: dict[Queue, QueuePresence] = {}

    async def read(self, queue: Queue) -> QueuePresence:
        if queue not in self._presences:
            self._presences[queue] = await read_presence(self._temporal, *queue)
        return self._presences[queue]


async def _version_state(
    temporal: TemporalService, deployment: Deployment, summary: VersionSummary, seen: _Seen
) -> VersionState:
    version = Version(deployment=deployment.name, build_id=summary.build_id)
    try:
        details = await read_version(temporal, deployment.name, summary.build_id)
    except DeploymentNotFound:  # deleted since the deployment was read
        details = VersionDetails(queues=(), rolled_back=False)
    return VersionState(
        build_id=summary.build_id,
        status=summary.status,
        share=_share(deployment, summary.build_id),
        created=summary.created,
        last_current=summary.last_current,
        drained=summary.drained,
        rolled_back=details.rolled_back,
        open_runs=await count_runs(temporal, _pinned(version)),
        queues=tuple(
            [
                QueueState(
                    name=name,
                    kind=kind,
                    workers=len((await seen.read((name, kind))).alive(version)),
                )
                for name, kind in details.queues
            ]
        ),
    )


def _share(deployment: Deployment, build_id: str) -> float:
    ramped = deployment.share if deployment.ramping else 0.0
    if build_id == deployment.current:
        return round(100.0 - ramped, 2)
    return ramped if build_id == deployment.ramping else 0.0


def _pinned(version: Version) -> str:
    """The list filter for open runs that are pinned to a version."""
    escaped = str(version).replace("\\", "\\\\").replace("'", "\\'")
    return (
        f"TemporalWorkerDeploymentVersion = '{escaped}' "
        "AND TemporalWorkflowVersioningBehavior = 'Pinned' AND CloseTime IS NULL"
    )
