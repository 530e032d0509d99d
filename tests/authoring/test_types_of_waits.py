"""Wrong use of children, timers, progress and providers is found by the type checker."""

import json
from pathlib import Path

import pytest
from tests.authoring.test_types import check

DECLARED = """
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from pydantic import BaseModel
from temporalio import workflow
from everloom.authoring import (
    PROVIDED, Child, Workflow, activity_type, call, child, daily, deadline, each, provider, remind,
    resuming, sleep_until, start_child, wait_for, workflow_type,
)

class Done(BaseModel):
    count: int

class Session: ...

@provider
def plain() -> int:
    return 1

@provider(scope="call")
def session() -> Iterator[Session]:
    yield Session()

@activity_type(name="save")
async def save(number: int, *, session: Session = PROVIDED) -> str:
    with resuming(Done) as progress:
        begin: int = progress.last.count if progress.last else 0
        progress.report(Done(count=begin))
    return str(session)

@workflow_type(name="count")
class Count(Workflow[str, int]):
    async def run(self, input: str) -> int:
        return len(input)

    @workflow.signal
    def add(self, number: int) -> None: ...

@workflow_type(name="other")
class Other(Workflow[str, int]):
    async def run(self, input: str) -> int:
        saved: str = await call(save, 1)
        counted: int = await child(Count, input, id="count", on_parent_close="abandon")
        started: Child[Count, int] = await start_child(Count, input)
        await started.signal(Count.add, 1)
        result: int = await started.result()
        async def count(item: str) -> int:
            return await child(Count, item)
        lengths: list[int | None] = [each.result for each in await each([saved], count).all()]
        async with deadline(timedelta(1)) as limit:
            await wait_for(lambda: True, at_most=timedelta(1))
        async with deadline(datetime.now(UTC)):
            await sleep_until(datetime.now(UTC), summary="now")
        async def chase(number: int) -> None: ...
        reminded = await remind(chase, until=lambda: limit.has_passed, every=timedelta(1))
        await remind(chase, until=lambda: True, at=daily(time(9), "UTC"))
        return counted + result + len(lengths) + reminded.count

    @workflow.signal
    def sub(self, number: int) -> None: ...
"""

WRONG = {
    "input of a child": "await child(Count, 3)",
    "input of a started child": "await start_child(Count, 3)",
    "result of a child": 'text: str = await child(Count, "a"); print(text)',
    "option of a child": 'await child(Count, "a", on_parent_close="forget")',
    "signal of another workflow": 'await (await start_child(Count, "a")).signal(Other.sub, 1)',
    "argument of a signal": 'await (await start_child(Count, "a")).signal(Count.add, "1")',
    "number as a time": "deadline(3)",
    "text as a moment": 'await sleep_until("tomorrow")',
    "reminder without a number": "await remind(lambda: chase(1), until=bool, every=timedelta(1))",
    "two rhythms": "await remind(chase, until=bool, every=timedelta(1), at=[])",
    "report of another model": "progress.report(Session())",
    "scope that is none": 'provider(scope="run")',
    "input of an activity with a session": 'await call(save, "one")',
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder with the checker at its own standard mode."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "standard"}), encoding="utf-8"
    )
    return folder


def test_right_use_has_no_complaint(project: Path) -> None:
    """Nobody has to write an ignore comment."""
    assert check(project, DECLARED) == []


def test_each_wrong_use_is_an_error_at_its_line(project: Path) -> None:
    """One wrong use a line, one error a line."""
    lines = "\n".join(f"    {line}" for line in WRONG.values())
    text = (
        f"{DECLARED}\n\nasync def chase(number: int) -> None: ...\n\nasync def wrong() -> None:\n"
        f"    with resuming(Done) as progress: pass\n{lines}\n"
    )
    first = text.splitlines().index("    with resuming(Done) as progress: pass") + 1

    wrong_lines = {line - first for line, _ in check(project, text)}

    assert wrong_lines == set(range(len(WRONG)))
