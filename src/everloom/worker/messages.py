"""What the parent and a worker process say to each other: one JSON object a line.

The parent talks through the child's standard input, so that its end, however it comes about, is
heard as the end of that stream. The child answers through what was its standard output.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from everloom.core import EverloomError, Problem

from .replay.shapes import Replayed


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    def line(self) -> bytes:
        """The message as it goes over the pipe."""
        return self.model_dump_json().encode() + b"\n"


class ServedWorkflow(BaseModel):
    """One workflow as a process has loaded it."""

    model_config = ConfigDict(frozen=True)

    code: str
    """A hash of its module and of all that this imports from the application."""

    file: str


class Rehearse(BaseModel):
    """Replay open runs before taking over."""

    model_config = ConfigDict(frozen=True)

    served: dict[str, ServedWorkflow]
    """What is served so far, by wire name."""

    holds: bool
    """Whether code that breaks runs is not to be taken."""

    accepted: str = ""
    """Build id of code that is to be taken whatever it breaks."""


class Rehearsal(BaseModel):
    """What a replay of the open runs found."""

    model_config = ConfigDict(frozen=True)

    replayed: int = 0
    broken: int = 0
    breaks: tuple[Replayed, ...] = ()
    """Some of the broken ones."""

    note: str = ""
    """Why not all were replayed; empty when they were."""

    seconds: float = 0


class Order(_Message):
    """Parent: be worker process `process`, and serve these queues."""

    kind: Literal["order"] = "order"
    process: int
    queues: tuple[str, ...]
    folder: Path
    """Where the settings are read."""

    environment: dict[str, str] = {}
    """Variables besides the parent's, for example where Temporal is."""

    rehearse: Rehearse | None = None
    """None: take over without a look at the runs."""


class WarmUp(_Message):
    """Parent, before the order: import these libraries already."""

    kind: Literal["warm-up"] = "warm-up"
    libraries: tuple[str, ...]


class Go(_Message):
    """Parent: begin to poll."""

    kind: Literal["go"] = "go"


class Check(_Message):
    """Parent: how are you?"""

    kind: Literal["check"] = "check"


class Drain(_Message):
    """Parent: take nothing new, finish what runs, end."""

    kind: Literal["drain"] = "drain"


class Waiting(_Message):
    """Child: all that can be imported before the order is imported."""

    kind: Literal["waiting"] = "waiting"


class Prepared(_Message):
    """Child: the code is loaded and checked, Temporal is connected; waiting for `Go`."""

    kind: Literal["prepared"] = "prepared"
    queues: tuple[str, ...]
    """Queues it will serve: of those ordered, the ones that something is bound to."""

    bound: tuple[str, ...]
    """Every queue that something in the code is bound to."""

    libraries: tuple[str, ...]
    """Installed libraries that the code has imported."""

    workflows: dict[str, ServedWorkflow] = {}
    """What it will serve, by wire name."""

    rehearsal: Rehearsal | None = None
    """What a replay of the open runs found, where one was asked for."""


class Held(_Message):
    """Child: the code would break open runs, so it does not take over."""

    kind: Literal["held"] = "held"
    code: str
    """Its build id."""

    rehearsal: Rehearsal


class Polling(_Message):
    """Child: all queues are polled."""

    kind: Literal["polling"] = "polling"


class Failed(_Message):
    """Child: cannot start, because of the code or the settings."""

    kind: Literal["failed"] = "failed"
    code: str
    message: str
    hint: str
    problems: tuple[Problem, ...]
    keeps_code: bool = False
    """It is not about the code or the settings of workers, so its own word says more."""

    @classmethod
    def of(cls, error: EverloomError, *, keeps_code: bool = False) -> "Failed":
        """The error as a message."""
        return cls(
            code=error.code,
            message=error.message,
            hint=error.hint,
            problems=error.problems,
            keeps_code=keeps_code,
        )


class Pulse(_Message):
    """Child: the answer to `Check`."""

    kind: Literal["pulse"] = "pulse"
    polling: tuple[str, ...]
    running: int
    """Activities that run now."""

    temporal: str
    """Empty when Temporal answers, else the reason why not."""


class Abandoned(BaseModel):
    """One activity that was not finished when its process ended."""

    model_config = ConfigDict(frozen=True)

    activity: str
    workflow_id: str
    attempt: int
    ran_seconds: float


class Stopped(_Message):
    """Child: drained; what is listed did not finish."""

    kind: Literal["stopped"] = "stopped"
    abandoned: tuple[Abandoned, ...]


Word = Waiting | Prepared | Held | Polling | Failed | Pulse | Stopped
"""What a child may say."""

FromParent = Annotated[WarmUp | Order | Go | Check | Drain, Field(discriminator="kind")]
FromChild = Annotated[Word, Field(discriminator="kind")]

from_parent: TypeAdapter[WarmUp | Order | Go | Check | Drain] = TypeAdapter(FromParent)
from_child: TypeAdapter[Word] = TypeAdapter(FromChild)
