"""What the guide to versions shows is code that works."""

import sys
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.common import VersioningBehavior
from tests.guides import load_guide

from everloom.authoring import use_versions


@pytest.mark.parametrize(
    ("is_versioned", "behaviours"),
    [
        pytest.param(
            True, (VersioningBehavior.PINNED, VersioningBehavior.AUTO_UPGRADE), id="versioned"
        ),
        pytest.param(
            False, (VersioningBehavior.UNSPECIFIED, VersioningBehavior.UNSPECIFIED), id="dev"
        ),
    ],
)
def test_a_workflow_says_its_version_only_where_workers_have_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_versioned: bool,
    behaviours: tuple[VersioningBehavior, ...],
) -> None:
    """Temporal refuses every step of a workflow that says a version to it from a worker without."""
    monkeypatch.delitem(sys.modules, "guide_versions", raising=False)
    use_versions(is_versioned=is_versioned)
    try:
        guide = load_guide("versions", tmp_path, monkeypatch)
    finally:
        use_versions(is_versioned=False)

    found = [workflow._Definition.must_from_class(each) for each in (guide.Order, guide.Counter)]
    assert tuple(each.versioning_behavior for each in found) == behaviours
