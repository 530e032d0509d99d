"""Calls that are read from the source: sagas, fan-outs and children, and where they would go."""

from collections.abc import Callable

import pytest
from temporalio.worker import Worker

from everloom.authoring import QueueMismatch
from everloom.catalog import CatalogInvalid, QueueUnserved, discover
from everloom.core import Problem
from everloom.settings import Settings
from everloom.temporal import TemporalService

Package = Callable[..., Settings]

ELSEWHERE = """
    from everloom.authoring import Workflow, activity_type, workflow_type

    @activity_type(name="elsewhere.undo")
    async def undo(input: str) -> None: ...

    async def in_code(input: str) -> str: return input
"""
APP = """
    from everloom.authoring import (
        Saga, Workflow, activity_type, call, child, each, start_child, workflow_type
    )
    from PACKAGE_elsewhere import in_code, undo

    @activity_type(name="do", queue="mail")
    async def do(input: str) -> str: return input

    @workflow_type(name="bound", queue="mail")
    class Bound(Workflow[str, str]):
        async def run(self, input: str) -> str: return input

    @workflow_type(name="free")
    class Free(Workflow[str, str]):
        async def run(self, input: str) -> str: return input

    @workflow_type(name="caller", queue="standard")
    class Caller(Workflow[str, str]):
        async def run(self, input: str) -> str:
            async with Saga() as saga:
                return await CALL
"""


@pytest.fixture
def found(package: Package) -> Callable[[str], list[Problem]]:
    """What discovery says to a call; `undo` stands in a package that no worker serves."""

    def find(written: str) -> list[Problem]:
        settings = package(app=APP.replace("CALL", written))
        (name,) = settings.catalog.packages
        outside = settings.folder / f"{name}_elsewhere.py"
        lines = ELSEWHERE.replace("\n    ", "\n")
        outside.write_text(lines, encoding="utf-8")
        try:
            discover(settings)
        except CatalogInvalid as refused:
            return list(refused.problems)
        return []

    return find


@pytest.mark.parametrize(
    ("code", "written"),
    [
        pytest.param("activity-unserved", "call(undo, input)", id="call"),
        pytest.param(
            "activity-unserved",
            "saga.step(call(do, input), undo=undo, undo_input=input)",
            id="undo",
        ),
        pytest.param("activity-unserved", "each([input], undo).all()", id="each"),
        pytest.param("activity-unserved", "each([input], handle=undo).all()", id="each by name"),
        pytest.param("queue-mismatch", "each([input], do, local=True).all()", id="local each"),
        pytest.param("queue-mismatch", "child(Bound, input, queue='standard')", id="child"),
        pytest.param("queue-mismatch", "start_child(Bound, input, queue='standard')", id="start"),
        pytest.param("queue-unknown", "child(Free, input, queue='mial')", id="unknown queue"),
        pytest.param(
            "activity-unserved", "child(Free, input, queue='scheduled')", id="queue without work"
        ),
    ],
)
def test_what_would_wait_for_ever_is_refused(
    found: Callable[[str], list[Problem]], code: str, written: str
) -> None:
    """With the line of the call."""
    [problem] = found(written)

    assert problem.code == code
    assert problem.place.endswith("app.py:22")


@pytest.mark.parametrize(
    "written",
    [
        "saga.step(call(do, input), undo=do, undo_with=str)",
        "each([input], do).all()",
        "each([input], in_code).all()",
        "each([input], lambda item: call(do, item)).all()",
        "child(Bound, input)",
        "child(Bound, input, queue='mail')",
        "child(Free, input)",
        "child(Free, input, queue='mail')",
        "start_child(Free, input, queue=input)",
        "self.step(input, undo=1)",
    ],
)
def test_what_is_served_is_not(found: Callable[[str], list[Problem]], written: str) -> None:
    """Nor is what only a run could tell."""
    assert found(written) == []


def test_a_workflow_bound_to_no_queue_is_served_on_all(package: Package) -> None:
    """It may be started, and may be a child, wherever anything is served."""
    catalog = discover(package(app=APP.replace("CALL", "call(do, input)").replace(
        "from PACKAGE_elsewhere import in_code, undo", ""
    )))  # fmt: skip

    assert {each.name for each in catalog.workflows_on("mail")} == {"bound", "free"}
    assert {each.name for each in catalog.workflows_on("standard")} == {"caller", "free"}
    assert catalog.queues() == ("mail", "standard")


def test_a_queue_on_which_a_run_would_wait_for_ever_is_refused(package: Package) -> None:
    """Another than the one it is bound to; one that no worker serves."""
    catalog = discover(package(app=APP.replace("CALL", "call(do, input)").replace(
        "from PACKAGE_elsewhere import in_code, undo", ""
    )))  # fmt: skip
    free, bound = catalog.read_workflow("free"), catalog.read_workflow("bound")

    catalog.check_queue(free, "mail")
    catalog.check_queue(bound, "mail")
    with pytest.raises(QueueMismatch, match="bound to the queue `mail`"):
        catalog.check_queue(bound, "standard")
    with pytest.raises(QueueUnserved, match="`mial`: nothing is bound to it") as caught:
        catalog.check_queue(free, "mial")
    assert caught.value.hint == "Did you mean `mail`?"


async def test_an_unbound_workflow_runs_where_it_is_started(
    package: Package, temporal: TemporalService
) -> None:
    """On a queue that is served for the sake of something else."""
    settings = package(
        app="""
        from everloom.authoring import Workflow, activity_type, workflow_type

        @activity_type(name="do", queue="mail")
        async def do(input: str) -> str: return input

        @workflow_type(name="free")
        class Free(Workflow[str, str]):
            async def run(self, input: str) -> str: return input
        """
    )
    catalog = discover(settings)
    async with Worker(
        await temporal.get_client(),
        task_queue="mail",
        workflows=[entry.cls for entry in catalog.workflows_on("mail")],
    ):
        free = catalog.read_workflow("free").cls
        assert await free.execute(temporal, "there", queue="mail") == "there"
