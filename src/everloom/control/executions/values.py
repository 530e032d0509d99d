"""What is kept of the inputs, outputs and errors of runs: little, and nothing secret.

Large values stay with Temporal, and so does everything where payloads are encrypted: it would lie
about here in plain.
"""

import json

from pydantic_core import PydanticSerializationError, to_json
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError, FailureError
from temporalio.exceptions import TimeoutError as TemporalTimeout

from everloom.core import Json
from everloom.observe import masked, masked_text
from everloom.settings import Settings

SMALL = 2048
"""Bytes of JSON up to which a value is kept itself."""

LONGEST_ERROR = 1000
"""Characters that are kept of what an error says."""

_STANDARD = "https://open-workflow-specification.org/spec/1.0.0/errors/"


def keeps_values(settings: Settings) -> bool:
    """Whether small values may be kept: not where they are encrypted on their way to Temporal."""
    return settings.payloads.encrypt_with is None


def kept_value(value: object, *, keep: bool) -> Json:
    """A value as it is kept: itself when it is small, else where it is and how large.

    Args:
        value: The input or output of a run.
        keep: Whether values may be kept at all; otherwise only their sizes are.
    """
    if value is None:
        return None
    try:
        text = to_json(value, fallback=str)
    except (PydanticSerializationError, ValueError, RecursionError):
        return {"ref": "temporal"}
    if not keep or len(text) > SMALL:
        return {"ref": "temporal", "bytes": len(text)}
    return masked("", json.loads(text))


def kept_size(size: int) -> Json:
    """What is kept of a value that was not looked at."""
    return {"ref": "temporal", "bytes": size}


def error_code_of(type_name: str | None) -> str:
    """The code of an error by the type of its failure; a standard error's last word."""
    if not type_name:
        return "failed"
    return type_name.removeprefix(_STANDARD)[:200]


def kept_error(error: BaseException) -> tuple[str, str]:
    """Code and words of the error that says what went wrong; those around it only say where."""
    cause: BaseException = error
    while (
        isinstance(cause, ActivityError | ChildWorkflowError) and (inner := cause.cause) is not None
    ):
        cause = inner
    if isinstance(cause, ApplicationError):
        return error_code_of(cause.type), kept_words(cause.message)
    if isinstance(cause, TemporalTimeout):
        return "timeout", kept_words(str(cause))
    said = cause.message if isinstance(cause, FailureError) else str(cause)
    return type(cause).__name__, kept_words(said)


def kept_words(text: str) -> str:
    """What an error says, without what looks secret, and not too long."""
    return masked_text(text[: LONGEST_ERROR * 4])[:LONGEST_ERROR]


def version_of(type_name: str) -> str:
    """The version that a workflow type names; empty for one that was not published."""
    return type_name.rpartition("@")[2] if "@" in type_name else ""


def bytes_of(value: Json) -> int:
    """The size of a value as JSON."""
    return len(to_json(value, fallback=str))
