"""A schedule whose input does not fit its workflow is found by the type checker."""

import json
from pathlib import Path

import pytest
from tests.authoring.test_types import check

DECLARED = """
from datetime import timedelta
from everloom.authoring import Calendar, Schedule, Workflow, workflow_type

@workflow_type(name="count")
class Count(Workflow[str, int]):
    async def run(self, input: str) -> int:
        return len(input)

@workflow_type(name="beat")
class Beat(Workflow[None, None]):
    async def run(self, input: None) -> None: ...

CRON = Schedule(id="a", workflow=Count, input="x", cron=("@daily", "0 3 * * *"), jitter="5m")
DAYS = Schedule(id="b", workflow=Count, input="x", calendar=Calendar(hour=(3, 15), weekday=range(1, 6)))
OFTEN = Schedule(id="c", workflow=Beat, input=None, interval=timedelta(hours=1), overlap="allow-all")
"""

WRONG = (
    'Schedule(id="d", workflow=Count, input=3, cron="@daily")',
    'Schedule(id="d", workflow=Beat, input="x", cron="@daily")',
    'Schedule(id="d", workflow=Count, cron="@daily")',
    'Schedule(id="d", workflow=Count, input="x", cron="@daily", overlap="skp")',
    'Schedule(id="d", workflow=str, input="x", cron="@daily")',
    'Schedule(id="d", workflow=Count, input="x", calendar=Calendar(hour="3"))',
    'Schedule(id="d", workflow=Count, input="x", corn="@daily")',
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder with the checker at its own standard mode."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "standard"}), encoding="utf-8"
    )
    return folder


def test_each_wrong_declaration_is_an_error_at_its_line(project: Path) -> None:
    """And nothing right is complained about."""
    lines = "\n".join(f"W{number} = {line}" for number, line in enumerate(WRONG))
    text = f"{DECLARED}\n{lines}\n"
    first = text.splitlines().index(f"W0 = {WRONG[0]}")

    found = {line - first for line, _ in check(project, text)}

    assert found == set(range(len(WRONG)))
