"""What a command and the process that serves its definitions say to each other: one JSON a line.

The command talks through the process's standard input, whose end is the end of the command, however
it came about. The process answers through what was its standard output.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from everloom.core import EverloomError, Problem

from .loading import CompiledSource


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    def line(self) -> bytes:
        """The message as it goes over the pipe."""
        return self.model_dump_json().encode() + b"\n"


class ServedDefinition(BaseModel):
    """A compiled definition on its way to the process that serves it."""

    model_config = ConfigDict(frozen=True)

    type_name: str
    class_name: str
    source: str
    sha256: str
    activities: tuple[str, ...] = ()
    """Wire names of what it calls."""

    @classmethod
    def of(cls, compiled: CompiledSource) -> Self:
        """What has to travel of a compiled definition."""
        return cls(
            type_name=compiled.type_name,
            class_name=compiled.class_name,
            source=compiled.source,
            sha256=compiled.sha256,
            activities=compiled.activities,
        )


class Begin(_Message):
    """Command: load these settings, and connect."""

    kind: Literal["begin"] = "begin"
    folder: Path
    """Where the settings are read."""
    address: str | None = None
    """Temporal's, instead of where the settings say."""
    namespace: str | None = None
    secrets_file: Path | None = None
    """Secrets of this command, instead of the file of the settings."""


class Serve(_Message):
    """Command: serve these definitions on a queue of their own."""

    kind: Literal["serve"] = "serve"
    queue: str
    definitions: tuple[ServedDefinition, ...]
    also: tuple[str, ...] = ()
    """Further queues that the definitions name, which nobody else serves."""


class Release(_Message):
    """Command: the queue is not needed any more."""

    kind: Literal["release"] = "release"
    queue: str


class Serving(_Message):
    """Process: the queue is polled."""

    kind: Literal["serving"] = "serving"
    queue: str


class Released(_Message):
    """Process: the queue is not served any more, and nothing of it runs."""

    kind: Literal["released"] = "released"
    queue: str


class Refused(_Message):
    """Process: the queue cannot be served, or nothing can when none is named."""

    kind: Literal["refused"] = "refused"
    queue: str = ""
    code: str
    message: str
    hint: str
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, error: EverloomError, queue: str = "") -> Self:
        """The error as a message."""
        return cls(
            queue=queue,
            code=error.code,
            message=error.message,
            hint=error.hint,
            problems=error.problems,
        )


Order = Begin | Serve | Release
Word = Serving | Released | Refused

from_command: TypeAdapter[Order] = TypeAdapter(Annotated[Order, Field(discriminator="kind")])
from_process: TypeAdapter[Word] = TypeAdapter(Annotated[Word, Field(discriminator="kind")])


def served(definitions: Iterable[CompiledSource]) -> tuple[ServedDefinition, ...]:
    """What has to travel of several definitions."""
    return tuple(ServedDefinition.of(each) for each in definitions)
