"""Run definitions on the session's Temporal, from mappings."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from everloom.control.definitions import DefinitionRun, RunOutcome, run_definition
from everloom.language import Compiled, check_definition, compile_definition
from everloom.settings import Settings
from everloom.steps import step_activities
from everloom.temporal import TemporalService
from everloom.worker.definitions import serve_definitions

WITHIN = timedelta(seconds=60)


def definition(
    tasks: Sequence[Mapping[str, Any]], *, name: str = "sample", **others: Any
) -> dict[str, Any]:
    """A definition with these tasks."""
    metadata = others.pop("metadata", {})
    document = {"dsl": "1.0.3", "namespace": "tests", "name": name, "version": "1.0.0"}
    return {"document": {**document, "metadata": metadata}, "do": list(tasks), **others}


def compiled(value: Mapping[str, Any]) -> Compiled:
    """A definition, checked and compiled."""
    checked = check_definition(value)
    assert checked.definition is not None, checked.problems
    return compile_definition(checked.definition)


@asynccontextmanager
async def served(
    settings: Settings, temporal: TemporalService, *sources: Compiled
) -> AsyncGenerator[str]:
    """Serve definitions for the time of the block, on a queue of their own."""
    queue = f"tests-{uuid4().hex[:8]}"
    async with serve_definitions(
        settings,
        temporal,
        sources,
        queue=queue,
        activities=step_activities(settings),
        drain=timedelta(milliseconds=100),
    ):
        yield queue


async def run_once(
    settings: Settings,
    temporal: TemporalService,
    value: Mapping[str, Any],
    *,
    given: Any = None,
    events: Sequence[Mapping[str, Any]] = (),
) -> RunOutcome:
    """Run a definition once."""
    source = compiled(value)
    async with served(settings, temporal, source) as queue:
        wanted = DefinitionRun(
            workflow=source.type_name,
            input=given,
            id=f"tests-{uuid4().hex[:12]}",
            queue=queue,
            timeout=WITHIN,
            events=tuple(dict(event) for event in events),
        )
        return await run_definition(temporal, wanted)
