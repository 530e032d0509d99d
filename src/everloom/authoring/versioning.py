"""Whether workflows may say on which version of the workers a run goes on.

Temporal refuses every step of a workflow that says so when its worker has no version, as under
`everloom dev`. So what a workflow declares holds only where the workers are versioned, and the
process says so before it imports the first workflow.
"""

from typing import Literal

from temporalio.common import VersioningBehavior

Versioning = Literal["pinned", "auto-upgrade"]

_BEHAVIOURS = {
    "pinned": VersioningBehavior.PINNED,
    "auto-upgrade": VersioningBehavior.AUTO_UPGRADE,
}


class _Process:
    """What holds for this process."""

    is_versioned = False


def use_versions(*, is_versioned: bool) -> None:
    """Say whether the workers of this process are versioned. Before workflows are imported."""
    _Process.is_versioned = is_versioned


def behaviour(declared: Versioning | None) -> VersioningBehavior:
    """What a workflow tells Temporal, from what it declares."""
    if declared is None or not _Process.is_versioned:
        return VersioningBehavior.UNSPECIFIED
    return _BEHAVIOURS[declared]
