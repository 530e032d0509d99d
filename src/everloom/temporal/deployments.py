"""Versions of workers as Temporal knows them: which is current, which is being tried, which is empty.

Each change names the state it was decided on (Temporal's conflict token): when somebody else changed
the deployment in between, it is refused instead of undone.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio.api.common.v1 import Payload
from temporalio.api.deployment.v1 import WorkerDeploymentInfo, WorkerDeploymentVersion
from temporalio.api.enums.v1 import TaskQueueType, WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentVersionRequest,
    DescribeWorkerDeploymentVersionResponse,
    ListWorkerDeploymentsRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
    UpdateWorkerDeploymentVersionMetadataRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from everloom.core import Conflict, NotFound

from .door import PATIENCE, TemporalService
from .shapes import moment, word

ROLLED_BACK = "everloom-rolled-back"
"""Metadata of a version that somebody rolled back from: no later roll-back goes to it."""

IDENTITY = "everloom deploy"
_PLAIN = {"encoding": b"json/plain"}


class DeploymentNotFound(NotFound):
    """Temporal has no deployment, or no version, of that name."""

    code = "deployment-not-found"


class DeploymentChanged(Conflict):
    """Somebody else changed the deployment meanwhile, or Temporal does not make the change."""

    code = "deployment-changed"


@dataclass(frozen=True, kw_only=True)
class VersionSummary:
    """A version of a deployment."""

    build_id: str
    status: str
    """`created`, `inactive`, `ramping`, `current`, `draining` (runs are still pinned to it) or
    `drained`."""
    created: datetime | None
    last_current: datetime | None
    """When it became current the last time; None when it never was."""
    drained: datetime | None = None
    """When Temporal found that no open run is pinned to it any more."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployment and its versions, the youngest first."""

    name: str
    current: str | None
    """Build id of the version that new runs go to; None while they go to unversioned workers."""
    ramping: str | None
    share: float
    """Percent of new runs that go to the ramping version."""
    versions: tuple[VersionSummary, ...]
    token: bytes = field(repr=False)

    def find(self, build_id: str) -> VersionSummary | None:
        """The version of a build id."""
        return next((each for each in self.versions if each.build_id == build_id), None)


@dataclass(frozen=True, kw_only=True)
class VersionDetails:
    """What one version serves."""

    queues: tuple[tuple[str, str], ...]
    """Name and kind (`workflow`, `activity`) of each queue that its workers ever asked."""
    rolled_back: bool


async def list_deployments(temporal: TemporalService) -> list[str]:
    """The names of all deployments.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    names: list[str] = []
    token = b""
    while True:
        async with temporal.talking() as client:
            answer = await client.workflow_service.list_worker_deployments(
                ListWorkerDeploymentsRequest(namespace=temporal.namespace, next_page_token=token),
                retry=True,
                timeout=PATIENCE,
            )
        names.extend(each.name for each in answer.worker_deployments)
        token = answer.next_page_token
        if not token:
            return names


async def read_deployment(temporal: TemporalService, name: str) -> Deployment:
    """A deployment and its versions.

    Raises:
        DeploymentNotFound: There is none of that name.
        TemporalUnavailable: Temporal is away.
    """
    async with _talking(temporal) as client:
        answer = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=temporal.namespace, deployment_name=name),
            retry=True,
            timeout=PATIENCE,
        )
    info = answer.worker_deployment_info
    routing = info.routing_config
    versions = [_summary(each) for each in info.version_summaries]
    oldest = datetime.fromtimestamp(0, UTC)
    return Deployment(
        name=info.name,
        current=routing.current_deployment_version.build_id or None,
        ramping=routing.ramping_deployment_version.build_id or None,
        share=round(routing.ramping_version_percentage, 2),
        versions=tuple(sorted(versions, key=lambda each: each.created or oldest, reverse=True)),
        token=answer.conflict_token,
    )


async def read_version(temporal: TemporalService, name: str, build_id: str) -> VersionDetails:
    """What a version serves.

    Raises:
        DeploymentNotFound: There is no such version.
        TemporalUnavailable: Temporal is away.
    """
    async with _talking(temporal) as client:
        answer: DescribeWorkerDeploymentVersionResponse = (
            await client.workflow_service.describe_worker_deployment_version(
                DescribeWorkerDeploymentVersionRequest(
                    namespace=temporal.namespace, deployment_version=_version(name, build_id)
                ),
                retry=True,
                timeout=PATIENCE,
            )
        )
    info = answer.worker_deployment_version_info
    kinds = {
        TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW: "workflow",
        TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY: "activity",
    }
    return VersionDetails(
        queues=tuple(
            sorted(
                (each.name, kinds[each.type])
                for each in info.task_queue_infos
                if each.type in kinds
            )
        ),
        rolled_back=ROLLED_BACK in info.metadata.entries,
    )


async def set_current(
    temporal: TemporalService, deployment: Deployment, build_id: str, *, force: bool = False
) -> None:
    """Let new runs, and runs that are pinned to no version, go to a version.

    Args:
        temporal: Where.
        deployment: As it was when this was decided.
        build_id: The version.
        force: Also when it has no workers, or lacks a queue of the current version.

    Raises:
        DeploymentNotFound: There is no such version.
        DeploymentChanged: Somebody changed the deployment, or Temporal refuses.
        TemporalUnavailable: Temporal is away.
    """
    async with _talking(temporal) as client:
        await client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace=temporal.namespace,
                deployment_name=deployment.name,
                build_id=build_id,
                conflict_token=deployment.token,
                identity=IDENTITY,
                ignore_missing_task_queues=force,
                allow_no_pollers=force,
            ),
            timeout=PATIENCE,
        )


async def set_ramping(
    temporal: TemporalService,
    deployment: Deployment,
    build_id: str | None,
    share: float,
    *,
    force: bool = False,
) -> None:
    """Let a share of the new runs go to a version; None ends that.

    Raises:
        DeploymentNotFound: There is no such version.
        DeploymentChanged: Somebody changed the deployment, or Temporal refuses.
        TemporalUnavailable: Temporal is away.
    """
    async with _talking(temporal) as client:
        await client.workflow_service.set_worker_deployment_ramping_version(
            SetWorkerDeploymentRampingVersionRequest(
                namespace=temporal.namespace,
                deployment_name=deployment.name,
                build_id=build_id or "",
                percentage=share,
                conflict_token=deployment.token,
                identity=IDENTITY,
                ignore_missing_task_queues=force,
                allow_no_pollers=force,
            ),
            timeout=PATIENCE,
        )


async def mark_rolled_back(
    temporal: TemporalService, name: str, build_id: str, *, rolled_back: bool
) -> None:
    """Note with a version whether somebody rolled back from it.

    Raises:
        DeploymentNotFound: There is no such version.
        TemporalUnavailable: Temporal is away.
    """
    entry = Payload(metadata=_PLAIN, data=f'"{datetime.now(UTC).isoformat()}"'.encode())
    async with _talking(temporal) as client:
        await client.workflow_service.update_worker_deployment_version_metadata(
            UpdateWorkerDeploymentVersionMetadataRequest(
                namespace=temporal.namespace,
                deployment_version=_version(name, build_id),
                upsert_entries={ROLLED_BACK: entry} if rolled_back else {},
                remove_entries=[] if rolled_back else [ROLLED_BACK],
                identity=IDENTITY,
            ),
            timeout=PATIENCE,
        )


@asynccontextmanager
async def _talking(temporal: TemporalService) -> AsyncGenerator[Client]:
    """Talk about a deployment: what is not found then is no run."""
    async with temporal.talking() as client:
        try:
            yield client
        except RPCError as error:
            said = error.message.rstrip(".")
            if error.status == RPCStatusCode.NOT_FOUND and "eployment" in said:
                raise DeploymentNotFound(
                    f"Temporal knows no such version: {said}.",
                    hint="Temporal learns of a version from its workers: start them with "
                    "`deployment.name` set. `everloom deploy status` shows what there is.",
                ) from error
            if error.status == RPCStatusCode.FAILED_PRECONDITION:
                raise DeploymentChanged(
                    f"Temporal does not change the deployment: {said}.",
                    hint="Look at `everloom deploy status`, and try it again.",
                ) from error
            raise


def _version(name: str, build_id: str) -> WorkerDeploymentVersion:
    return WorkerDeploymentVersion(deployment_name=name, build_id=build_id)


def _summary(raw: WorkerDeploymentInfo.WorkerDeploymentVersionSummary) -> VersionSummary:
    status = word(
        WorkerDeploymentVersionStatus.DESCRIPTOR,
        raw.status,
        "WORKER_DEPLOYMENT_VERSION_STATUS_",
        "status",
    )
    return VersionSummary(
        build_id=raw.deployment_version.build_id,
        status=status,
        created=moment(raw.create_time),
        last_current=moment(raw.last_current_time),
        drained=moment(raw.drainage_info.last_changed_time) if status == "drained" else None,
    )
