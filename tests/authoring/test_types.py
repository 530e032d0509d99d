"""A wrong input or result type is found by the type checker, before anything runs."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

DECLARED = """
from temporalio import workflow
from pydantic import BaseModel
from everloom.authoring import Door, Entity, Run, Workflow, activity_type, call, workflow_type

@activity_type(name="measure")
async def measure(text: str) -> int:
    return len(text)

class Tools:
    @activity_type(name="cut")
    def cut(self, text: str) -> list[str]:
        return text.split()

@workflow_type(name="count")
class Count(Workflow[str, int]):
    async def run(self, input: str) -> int:
        words = await call(Tools.cut, input)
        return await call(measure, words[0], local=True)

    @workflow.signal
    def add(self, number: int) -> None: ...

    @workflow.query
    def total(self) -> float:
        return 0.0

    @workflow.update
    async def rename(self, name: str) -> bool:
        return True

class Points(BaseModel):
    total: int = 0

@workflow_type(name="customer")
class Customer(Entity[Points]):
    @workflow.update
    async def earn(self, points: int) -> float:
        self.state.total += points
        return 1.0

    @workflow.signal
    def forget(self) -> None: ...

async def talk(temporal: Door) -> None:
    started: Run[Count, int] = await Count.signal_with_start(
        temporal, "a b", Count.add, 1, id="count-1"
    )
    answer, run = await Count.update_with_start(temporal, "a b", Count.rename, "c", id="count-1")
    renamed: bool = answer
    result: int = await run.result()
    by_name: object = await run.query("total")
    await run.signal("add", 1)
    earned: float = await Customer.ask(temporal, "c/1", Customer.earn, 3, initial=Points())
    told: Run[Customer, Points] = await Customer.tell(
        temporal, "c/1", Customer.forget, initial=Points()
    )
    state: Points = await Customer.at(temporal, "c/1").result()
    print(started, renamed, result, by_name, earned, told, state)

async def use(temporal: Door) -> None:
    run = await Count.start(temporal, "a b", id="count-1")
    result: int = await run.result()
    total: float = await run.query(Count.total)
    renamed: bool = await run.update(Count.rename, "c")
    await run.signal(Count.add, 1)
    again: int = await Count.execute(temporal, "x")
    print(result, total, renamed, again)
"""

WRONG = {
    "input of start": "await Count.start(temporal, 3)",
    "input of execute": 'await Count.execute(temporal, ["a"])',
    "unknown start option": 'await Count.start(temporal, "a", start_dely=None)',
    "result": 'text: str = await Count.at(temporal, "x").result(); print(text)',
    "signal argument": 'await Count.at(temporal, "x").signal(Count.add, "one")',
    "query answer": 'text: str = await Count.at(temporal, "x").query(Count.total); print(text)',
    "update argument": 'await Count.at(temporal, "x").update(Count.rename, 1)',
    "argument of a signal with start": 'await Count.signal_with_start(temporal, "a", Count.add, "1", id="x")',
    "input of a signal with start": 'await Count.signal_with_start(temporal, 1, Count.add, 1, id="x")',
    "no id": 'await Count.signal_with_start(temporal, "a", Count.add, 1)',
    "argument of an update with start": 'await Count.update_with_start(temporal, "a", Count.rename, 1, id="x")',
    "another class's message": 'await Count.update_with_start(temporal, "a", Customer.earn, 1, id="x")',
    "start delay of an update": 'await Count.update_with_start(temporal, "a", Count.rename, "c", id="x", start_delay=None)',
    "fails if it exists": 'await Count.signal_with_start(temporal, "a", Count.add, 1, id="x", if_exists="fail")',
    "state of an entity": 'await Customer.ask(temporal, "c/1", Customer.earn, 3, initial="none")',
    "answer of an entity": 'text: str = await Customer.ask(temporal, "c/1", Customer.earn, 3, initial=Points()); print(text)',
    "activity input": "await call(measure, 3)",
    "method activity input": "await call(Tools.cut, 3)",
    "activity result": 'text: str = await call(measure, "a"); print(text)',
}


def check(folder: Path, text: str) -> list[tuple[int, str]]:
    """Line (from 0) and rule of every error that the type checker finds."""
    file = folder / "checked.py"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "basedpyright", "--outputjson"),
            *("--pythonpath", sys.executable, str(file)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    return [
        (each["range"]["start"]["line"], each["rule"])
        for each in found
        if each["severity"] == "error"
    ]


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
    """Inputs, results, messages and options: one wrong use a line, one error a line."""
    lines = "\n".join(f"    {line}" for line in WRONG.values())
    text = f"{DECLARED}\n\nasync def wrong(temporal: Door) -> None:\n{lines}\n"
    first = text.splitlines().index("async def wrong(temporal: Door) -> None:") + 1

    wrong_lines = {line - first for line, _ in check(project, text)}

    assert wrong_lines == set(range(len(WRONG)))


def test_a_run_that_breaks_its_own_declaration_is_an_error(project: Path) -> None:
    """`Workflow[str, int]` whose `run` takes or gives something else does not check."""
    text = dedent(
        """
        from everloom.authoring import Workflow, workflow_type

        @workflow_type(name="wrong")
        class Wrong(Workflow[str, int]):
            async def run(self, input: bytes) -> int:
                return 1
        """
    )

    assert [rule for _, rule in check(project, text)] == ["reportIncompatibleMethodOverride"]
