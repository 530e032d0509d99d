"""What a workflow asks of the activities in `everloom.steps`, and under which names.

Both rooms share these shapes: `flow` sends them, `steps` answers them.
"""

from pydantic import BaseModel, ConfigDict

from .faults import Json

HTTP = "everloom.http"
OPENAPI = "everloom.openapi"
GRPC = "everloom.grpc"
MCP = "everloom.mcp"
SCRIPT = "everloom.script"
SHELL = "everloom.shell"
EMIT = "everloom.emit"


class Deferred(BaseModel):
    """An expression that mentions `$secrets`: only the activity may evaluate it."""

    model_config = ConfigDict(frozen=True)

    at: str
    """JSON pointer into the arguments: where its value belongs."""

    expression: str
    """The expression as it stands in the definition, without `${ }`."""

    input: Json = None
    """What `.` is."""

    variables: dict[str, Json] = {}
    """Values of the other variables that it mentions, without the dollar sign."""


class StepRequest(BaseModel):
    """The one input of an activity of `everloom.steps`."""

    model_config = ConfigDict(frozen=True)

    arguments: dict[str, Json]
    """The evaluated arguments of the call, named as in the standard."""

    deferred: tuple[Deferred, ...] = ()
    """What is still to be evaluated, with secrets."""

    secrets: tuple[str, ...] = ()
    """Secrets that the definition may use."""

    instance: str = ""
    """The task's reference, such as `/do/0/getPet`."""
