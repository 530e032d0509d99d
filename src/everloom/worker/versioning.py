"""Which version of the code the workers of this process say they are."""

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from everloom.settings import Settings

_BEHAVIOURS = {
    "pinned": VersioningBehavior.PINNED,
    "auto-upgrade": VersioningBehavior.AUTO_UPGRADE,
}


def deployment_config(settings: Settings, build_id: str) -> WorkerDeploymentConfig:
    """The version of the workers, and what becomes of runs when another version is promoted.

    Args:
        settings: They name the deployment and, where wanted, the version.
        build_id: The version of the code where the settings name none.
    """
    deployment = settings.deployment
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(
            # Without versions the name is only shown; the SDK wants the pair in any case.
            deployment_name=deployment.name or "",
            build_id=deployment.build_id or build_id,
        ),
        use_worker_versioning=deployment.is_versioned,
        default_versioning_behavior=_BEHAVIOURS.get(
            deployment.behaviour, VersioningBehavior.UNSPECIFIED
        ),
    )
