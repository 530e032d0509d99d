"""A small application in a folder of its own, and the command that serves it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from tests.worker.commands import Command, everloom

from everloom.authoring import Run, StartOptions
from everloom.engine import Engine
from everloom.temporal import TemporalService

SOURCE = Path(__file__).with_name("napping.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Application:
    """A package with workflows on a queue that no other test has."""

    folder: Path
    queue: str
    address: str
    temporal: TemporalService

    @property
    def code(self) -> Path:
        """Its one module."""
        return self.folder / "napper" / "work.py"

    def write(self, source: str) -> None:
        """Save its module."""
        self.code.write_text(source.replace("queue-under-test", self.queue), encoding="utf-8")

    def set(self, **worker: Any) -> None:
        """Save its settings."""
        content = {
            "catalog": {"packages": ["napper"]},
            "queues": {
                "profiles": {"small": {"workflow_tasks": 5, "activities": 5, "workers": 2}},
                "bind": {self.queue: "small"},
            },
            "worker": {"health_port": 0, "restart_first": "100ms", **worker},
        }
        (self.folder / "everloom.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")

    async def start(self, workflow: str, value: object) -> Run[Any, str]:
        """Start one of its workflows."""
        options = StartOptions(id=f"{workflow}-{uuid4()}", queue=self.queue)
        run_id = await self.temporal.start_workflow(workflow, value, options)
        return Run(self.temporal, options.id, run_id, str)

    def worker(self, *arguments: str) -> AbstractAsyncContextManager[Command]:
        """`everloom worker` for its queue."""
        environment = {"TEMPORAL_ADDRESS": self.address}
        return everloom(
            self.folder, "worker", "--queue", self.queue, *arguments, environment=environment
        )

    def notes(self) -> list[str]:
        """What its activities noted."""
        file = self.folder / "notes.txt"
        return file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []


@pytest.fixture
def application(tmp_path: Path, engine: Engine, temporal: TemporalService) -> Application:
    """An application nobody else knows."""
    queue = f"queue-{uuid4().hex[:8]}"
    made = Application(tmp_path, queue, engine.address, temporal)
    made.code.parent.mkdir()
    (made.code.parent / "__init__.py").touch()
    made.write(SOURCE)
    made.set()
    return made


@pytest.fixture
def source() -> str:
    """The application's code as it was first saved."""
    return SOURCE
