"""What the log says when a step of a definition fails: one line, not the insides of the SDK.

Who wrote a definition can do nothing with a trace of Python. With `log.level: debug` it is there.
"""

import logging
import traceback
from collections.abc import Callable

from temporalio import activity
from typing_extensions import override

from everloom.flow import error_type
from everloom.settings import Settings
from everloom.worker.sdk import set_up_sdk

INSTANCE = "temporalio.worker._workflow_instance"
CORE = "temporalio.core"

FAULTS = error_type("runtime").removesuffix("runtime")
"""How the types of standard errors begin."""

_TWICE = (
    "Failing workflow task",
    "Task not found when completing",
    "Activity not found on completion",
)
"""What the SDK's core says of a failure that was told already, and of a run that was ended."""


def set_up_runtime(
    settings: Settings,
    temporal_away: Callable[[], None] = lambda: None,
    *,
    tells_alive: bool = True,
) -> None:
    """Prepare the SDK of a process that serves definitions, or waits for their runs.

    Once, before the first connection. The SDK's core would write to the standard output otherwise,
    where nothing but results belongs. What it says about failed steps is shortened.

    Args:
        settings: The process's.
        temporal_away: Called, from any thread, when the SDK finds Temporal away.
        tells_alive: Whether each SDK worker tells Temporal that it lives.
    """
    set_up_sdk(settings, temporal_away, tells_alive=tells_alive)
    logging.getLogger(INSTANCE).addFilter(_StepLines())
    activity.logger.base_logger.addFilter(_FaultLines())
    logging.getLogger(CORE).addFilter(_CoreLines())


class _FaultLines(logging.Filter):
    """A fault of a task is the definition's own: it may catch it, and the trace and the outcome tell it."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        is_fault = str(vars(record).get("error", "")).startswith(FAULTS)
        return not is_fault or logging.getLogger().isEnabledFor(logging.DEBUG)


class _StepLines(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if vars(record).get("__temporal_error_identifier") != "WorkflowTaskFailure":
            return True
        vars(record).pop("__temporal_error_identifier")
        record.msg, record.args = "step of a definition failed; it is tried again", ()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not logging.getLogger().isEnabledFor(logging.DEBUG):
            vars(record)["error"] = f"{type(error).__name__}: {error}"
            vars(record)["at"] = _place(error)
            record.exc_info = None
        return True


class _CoreLines(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_TWICE)


def _place(error: BaseException) -> str:
    """The innermost line of a definition's own code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith("<definition ")]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else ""
