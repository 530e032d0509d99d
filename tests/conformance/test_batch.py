"""The command that runs a list of definitions answers with what the cases ask for."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from everloom.language import DefinitionProblem

from .cases import Case, all_cases
from .judging import Outcome, differences
from .running import unique_input
from .surroundings import Surroundings, group_of

PATIENCE_SECONDS = 110


def _can_be_told(case: Case) -> bool:
    """Whether a line of a list can say all that the case needs, and its answer all that it expects."""
    special = case.settings or case.cancel or case.updates or case.early_events
    expected = case.expect
    beyond = expected.timers or expected.activities or expected.queries or expected.warnings
    return not special and not beyond


def _chosen() -> list[Case]:
    """Of each feature one case for each way to end."""
    found: dict[tuple[str, str], Case] = {}
    for case in all_cases():
        if _can_be_told(case):
            found.setdefault((case.feature, case.expect.status), case)
    return list(found.values())


CASES = _chosen()


def _name(case: Case) -> str:
    return case.name


@pytest.fixture(scope="module")
async def answers(around: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command answers, by the names of the cases; it starts a Temporal of its own."""
    lines = [
        {
            "definition": around.definition(case),
            "input": unique_input(case, "batch"),
            "with": case.others,
            "events": case.events,
        }
        for case in CASES
    ]
    batch = tmp_path_factory.mktemp("batch") / "list.jsonl"
    batch.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    answered = await _answered(batch, around.settings_for(group_of(CASES[0])).folder)
    return {case.name: answer for case, answer in zip(CASES, answered, strict=True)}


async def _answered(batch: Path, folder: Path) -> list[Any]:
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("EVERLOOM_", "TEMPORAL_"))
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "everloom", "definitions", "run", "--json", "--batch", str(batch)),
        cwd=folder,
        env=plain,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, said.decode()
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("case", CASES, ids=_name)
async def test_a_line_is_answered_as_the_case_expects(case: Case, answers: dict[str, Any]) -> None:
    """Other programs rely on these answers."""
    answer = answers[case.name]
    problems = [DefinitionProblem(**each) for each in answer.get("problems", ())]
    keys = ("output", "error", "trace", "events")
    told = {key: answer[key] for key in keys if key in answer}

    found = differences(case, Outcome(status=answer["status"], problems=problems, **told))
    assert not found, "\n".join(found)
