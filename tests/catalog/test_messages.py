"""What workflow classes say about their messages."""

from collections.abc import Callable

import pytest

from everloom.catalog import CatalogInvalid, discover
from everloom.settings import Settings

Package = Callable[..., Settings]

DYNAMIC = """
    from collections.abc import Sequence
    from temporalio import workflow
    from temporalio.common import RawValue
    from everloom.authoring import Workflow, workflow_type

    @workflow_type(name="listens", queue="standard")
    class Listens(Workflow[None, None]):
        async def run(self, input: None) -> None: ...

        @workflow.signal(dynamic=True)
        def any_signal(self, name: str, args: Sequence[RawValue]) -> None: ...

        @workflow.query(dynamic=True)
        def any_query(self, name: str, args: Sequence[RawValue]) -> None: ...

        @workflow.update(dynamic=True)
        def any_update(self, name: str, args: Sequence[RawValue]) -> None: ...
"""


def test_messages_of_any_name_are_refused_at_their_line(package: Package) -> None:
    """A misspelt name could not be told; the remedy is in the hint."""
    with pytest.raises(CatalogInvalid) as caught:
        discover(package(workflows=DYNAMIC))

    problems = caught.value.problems
    assert [problem.code for problem in problems] == ["message-dynamic"] * 3
    assert [problem.message for problem in problems] == [
        f"Workflow `listens` takes a {kind} of any name in `any_{kind}`."
        for kind in ("signal", "query", "update")
    ]
    assert problems[0].place.endswith("workflows.py:11")
    assert "Write a method for each signal" in problems[0].hint


def test_plain_classes_may_take_messages_of_any_name(package: Package) -> None:
    """What is written for the SDK alone runs as it is."""
    plain = (
        DYNAMIC.replace('@workflow_type(name="listens", queue="standard")', "@workflow.defn")
        .replace("(Workflow[None, None])", "")
        .replace("    async def run", "    @workflow.run\n        async def run")
    )

    assert [entry.name for entry in discover(package(workflows=plain)).workflows] == ["Listens"]
