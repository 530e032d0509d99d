"""Scripts and shell commands as a worker runs them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from everloom.flow import Deferred, Fault, Json, StepRequest
from everloom.settings import HttpSettings, RunSettings, SecretSettings, Settings
from everloom.steps import means_of
from everloom.steps.processes.running import Processes

ERRORS = "https://open-workflow-specification.org/spec/1.0.0/errors/"


class Runner:
    """The two activities."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self.environment = ActivityEnvironment()

    async def script(self, code: str, *, language: str = "python", **given: Json) -> Json:
        """The output of a script."""
        return await self._run(
            self._processes.script, {"language": language, "code": code, **given}
        )

    async def shell(self, command: str, **given: Json) -> Json:
        """The output of a shell command."""
        return await self._run(self._processes.shell, {"command": command, **given})

    async def fetched(self, source: Json, **given: Json) -> Json:
        """The output of a script in Python that lies elsewhere."""
        arguments = {"language": "python", "source": source, **given}
        return await self._run(self._processes.script, arguments)

    async def _run(
        self,
        activity: Any,
        arguments: dict[str, Json],
    ) -> Json:
        deferred: Sequence[Deferred] = arguments.pop("deferred", ())
        request = StepRequest(
            arguments=arguments, deferred=tuple(deferred), secrets=("key",), instance="/do/0/run"
        )
        return await self.environment.run(activity, request)


@asynccontextmanager
async def runner(run: RunSettings, *, secrets: Path | None = None) -> AsyncGenerator[Runner]:
    """The activities of a worker with these settings, while the block runs."""
    means = means_of(
        Settings(run=run, http=HttpSettings(private=True), secrets=SecretSettings(folder=secrets))
    )
    try:
        yield Runner(Processes(means))
    finally:
        await means.outgoing.close()


async def fails(running: Any) -> tuple[str, int, str]:
    """Type, status and detail of the fault that something ends with."""
    with pytest.raises(Fault) as raised:
        await running
    problem = raised.value.problem
    assert problem["instance"] == "/do/0/run"
    return problem["type"].removeprefix(ERRORS), problem["status"], problem["detail"]
