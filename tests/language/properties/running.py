"""Generated cases on the real engine: checked, compiled, served by one worker, run, replayed."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias
from uuid import uuid4

from temporalio.workflow import NondeterminismError
from tests.language.properties.outcome import Step
from tests.language.properties.problems import Json
from tests.language.properties.strategies import Case

from everloom.control.definitions import (
    DefinitionRefused,
    DefinitionRun,
    Prepared,
    Source,
    prepare,
    run_definition,
)
from everloom.language import Compiled
from everloom.settings import Settings
from everloom.steps import Steps
from everloom.temporal import TemporalService, read_history
from everloom.worker.definitions import replay_definitions, serve_definitions, source_hash

Change: TypeAlias = Callable[[Compiled], Compiled]

AT_ONCE = 25
"""Runs that are under way at a time."""

TIMEOUT = timedelta(seconds=20)
"""None of them takes a second; one that never ends shall not hold up the others."""


@dataclass(frozen=True)
class Ran:
    """What the engine made of a case."""

    status: str
    output: Json = None
    error: dict[str, Json] | None = None
    trace: list[Step] = field(default_factory=list[Step])
    events: list[Json] = field(default_factory=list[Json])
    replay: str = ""
    """Why its history cannot be replayed."""


def apart(case: Case, number: int) -> Case:
    """The case in a namespace of its own, so that many can be served together."""

    def moved(definition: dict[str, Json]) -> dict[str, Json]:
        text = json.dumps(definition)
        found: dict[str, Json] = json.loads(
            text.replace('"namespace": "generated"', f'"namespace": "generated-{number}"')
        )
        return found

    return Case(moved(case.definition), case.input, tuple(map(moved, case.others)))


def restless(compiled: Compiled) -> Compiled:
    """The definition, but that it continues as new at every turn of every loop."""
    begin = "    about = About("
    assert begin in compiled.source
    source = compiled.source.replace(begin, f"{begin}continue_after=1, ", 1)
    return replace(compiled, source=source, sha256=source_hash(source))


class Engine:
    """Where cases run."""

    def __init__(
        self, temporal: TemporalService, settings: Settings, change: Change | None = None
    ) -> None:
        self._temporal = temporal
        self._settings = settings
        self._change = change

    async def prepare(self, case: Case) -> Prepared | str:
        """The case compiled, or why it is refused."""
        main = Source("case", case.definition)
        others = [Source("other", each) for each in case.others]
        try:
            found = await prepare(self._settings, main, others, {})
        except DefinitionRefused as refused:
            errors = [each.problem for each in refused.found if each.problem.severity == "error"]
            return "; ".join(f"{each.code} at {each.pointer}: {each.message}" for each in errors)
        if self._change is None:
            return found
        return replace(
            found, main=self._change(found.main), others=tuple(map(self._change, found.others))
        )

    async def run(self, cases: Sequence[Case]) -> list[Ran]:
        """What becomes of these, each in a namespace of its own."""
        found = [await self.prepare(apart(case, number)) for number, case in enumerate(cases)]
        compiled = [each for one in found if isinstance(one, Prepared) for each in one.all]
        steps = Steps(self._settings)
        queue = f"properties-{uuid4().hex[:8]}"
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(case: Case, prepared: Prepared | str) -> Ran:
            if isinstance(prepared, str):
                return Ran("refused", prepared)
            async with turns:
                return await self._one(case, prepared, queue)

        if not compiled:
            return [Ran("refused", each) for each in found]
        try:
            async with serve_definitions(
                self._settings,
                self._temporal,
                compiled,
                queue=queue,
                activities=steps.activities(),
                drain=timedelta(seconds=1),
            ):
                return await asyncio.gather(*map(one, cases, found))
        finally:
            await steps.close()

    async def _one(self, case: Case, prepared: Prepared, queue: str) -> Ran:
        wanted = DefinitionRun(
            workflow=prepared.main.type_name,
            input=case.input,
            id=f"{queue}-{uuid4().hex}",
            queue=queue,
            timeout=TIMEOUT,
        )
        told = await run_definition(self._temporal, wanted)
        return Ran(
            told.status,
            told.output,
            dict(told.error) if told.error else None,
            [(row["pointer"], row["name"], row["status"]) for row in told.trace],
            list(told.events),
            await self._replay(prepared, told.workflow_id, told.run_id),
        )

    async def _replay(self, prepared: Prepared, workflow_id: str, run_id: str) -> str:
        history = await read_history(self._temporal, workflow_id, run_id)
        try:
            await replay_definitions(self._settings, prepared.all, history)
        except (NondeterminismError, RuntimeError) as error:
            return f"{type(error).__name__}: {error}"
        return ""
