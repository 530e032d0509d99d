"""The SDK's own settings of a process: defaults of calls, its runtime, its log lines."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

from pydantic import ValidationError
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from typing_extensions import override

from everloom.authoring import use_versions
from everloom.settings import Settings

from .defaults import use_call_defaults

_SHORTEST_BEAT = timedelta(seconds=1)
_LONGEST_BEAT = timedelta(seconds=60)


def set_up_sdk(
    settings: Settings, temporal_away: Callable[[], None], *, tells_alive: bool = True
) -> None:
    """Prepare the SDK. Once a process, before the first connection.

    Args:
        settings: The process's.
        temporal_away: Called, from any thread, when the SDK finds Temporal away.
        tells_alive: Whether each SDK worker tells Temporal that it lives. It costs one a thread.
    """
    use_versions(is_versioned=settings.deployment.is_versioned)
    use_call_defaults(settings)
    # Type, id and attempt are fields of a line; in its text they would stand twice.
    activity.logger.activity_info_on_message = False
    workflow.logger.workflow_info_on_message = False
    # What formats a line may import or look at the clock; neither reaches the workflow.
    workflow.logger.unsafe_disable_sandbox()
    activity.logger.base_logger.addFilter(_ActivityLines())
    logging.getLogger(RUNS).addFilter(SignalLines())
    core = logging.getLogger("temporalio.core")
    core.addFilter(_CoreLines(temporal_away))
    Runtime.set_default(_runtime(settings, core, tells_alive=tells_alive))


class _ActivityLines(logging.Filter):
    """Tells the failure of an activity in a line; with a trace only where nobody raised it on purpose."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if vars(record).pop("__temporal_error_identifier", None) != "ActivityFailure":
            return True
        record.msg, record.args = "activity failed", ()
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ApplicationError) and not logging.getLogger().isEnabledFor(
            logging.DEBUG
        ):
            vars(record)["error"] = str(error)
            record.exc_info = None
        return True


RUNS = "temporalio.worker._workflow_instance"
_UNREADABLE_SIGNAL = re.compile(r"Failed deserializing signal input for (\S+) on workflow ")


class SignalLines(logging.Filter):
    """Tells of a signal that cannot be read as we tell of others that do not fit: in one line."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        found = _UNREADABLE_SIGNAL.match(record.getMessage())
        if found is None:
            return True
        record.msg, record.args = "signal dropped", ()
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        vars(record)["signal"] = found[1]
        vars(record)["reason"] = _why_unreadable(record.exc_info[1] if record.exc_info else None)
        record.exc_info = None
        return True


def _why_unreadable(error: BaseException | None) -> str:
    """Without the value: it may be secret."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    if not isinstance(error, ValidationError):
        return str(error)
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    places = (".".join(str(part) for part in each["loc"]) for each in wrong)
    return "; ".join(
        f"{place}: {each['msg']}" if place else each["msg"]
        for place, each in zip(places, wrong, strict=True)
    )


_OF_CALLS = ("gRPC call", "Network error while sending worker heartbeat")
_SIGNS_OF_ABSENCE = ("code: Unavailable", "transport::Error")


class _CoreLines(logging.Filter):
    """Passes what the SDK's core says, but not its tales of every poll that is tried again."""

    def __init__(self, temporal_away: Callable[[], None]) -> None:
        super().__init__()
        self._temporal_away = temporal_away

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        vars(record).pop("temporal_log", None)
        said = record.getMessage()
        if said.startswith(_OF_CALLS) and any(sign in said for sign in _SIGNS_OF_ABSENCE):
            self._temporal_away()
            return False
        return True


def _runtime(settings: Settings, core: logging.Logger, *, tells_alive: bool) -> Runtime:
    """A runtime whose log lines pass through ours."""
    forwarding = LogForwardingConfig(
        core,
        append_target_to_name=False,
        prepend_target_on_message=False,
    )
    # All of it comes over, a dozen short lines a run, and our logger decides: the core itself
    # cannot be told another level while it runs.
    logs = LoggingConfig(TelemetryFilter(core_level="DEBUG", other_level="ERROR"), forwarding)
    beat = min(max(settings.worker.heartbeat, _SHORTEST_BEAT), _LONGEST_BEAT)
    return Runtime(
        telemetry=TelemetryConfig(logging=logs),
        worker_heartbeat_interval=beat if tells_alive else None,
    )
