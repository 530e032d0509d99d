"""Set up logging once a process: one format for our lines, the SDK's and uvicorn's."""

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from typing import TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger
from typing_extensions import override

from everloom.core import LOG_FIELDS
from everloom.settings import LogSettings

from .fields import lift_run_fields
from .levels import apply_levels
from .secrets import mask_secrets, masked_text

_TAKEN_OVER = ("uvicorn", "uvicorn.access", "uvicorn.error")
"""Loggers that bring handlers of their own; their lines shall pass through ours."""


def set_up_logs(log: LogSettings) -> None:
    """Send every log line of this process to standard error, in the format of the settings.

    Calling it again replaces what was set up before.
    """
    handler = _Handler(sys.stderr)
    handler.setFormatter(_formatter(log))
    logging.getLogger().handlers[:] = [handler]
    apply_levels(log.level)
    for name in _TAKEN_OVER:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


class _Handler(logging.StreamHandler[TextIO]):
    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Say where the line is that cannot be written: `logging` would show all that is in it."""
        error = sys.exception()
        instead = logging.LogRecord(
            "everloom.log",
            logging.ERROR,
            record.pathname,
            record.lineno,
            "log line cannot be written",
            None,
            None,
        )
        place = f"{record.pathname}:{record.lineno}"
        setattr(instead, LOG_FIELDS, {"place": place, "error": f"{type(error).__name__}: {error}"})
        with suppress(OSError, ValueError):  # the stream is closed, or nobody reads it any more
            self.stream.write(self.format(instead) + self.terminator)


def _formatter(log: LogSettings) -> ProcessorFormatter:
    from_others: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
    ]
    last: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        lift_run_fields,
        ProcessorFormatter.remove_processors_meta,
    ]
    return ProcessorFormatter(
        foreign_pre_chain=from_others,
        processors=[*last, *(_for_machines() if log.format == "json" else _for_people())],
    )


def _for_machines() -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        mask_secrets,
        _in_order,
        structlog.processors.JSONRenderer(default=str),
    ]


def _for_people() -> list[Processor]:
    return [
        _clock_time,
        _mask_all_but_traces,
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=_masked_trace,
            pad_event_to=0,
        ),
    ]


def _mask_all_but_traces(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A trace is still an exception here; `_masked_trace` sees to it."""
    trace = event.pop("exc_info", None)
    event = mask_secrets(logger, method, event)
    return event if trace is None else {**event, "exc_info": trace}


def _masked_trace(stream: TextIO, trace: ExcInfo) -> None:
    written = StringIO()
    structlog.dev.plain_traceback(written, trace)
    stream.write(masked_text(written.getvalue()))


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What every line has comes first, so that lines can be read one below the other."""
    first = {name: event.pop(name) for name in ("time", "level", "logger", "event")}
    return {**first, **event}


def _clock_time(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    now = datetime.now(UTC).astimezone()
    event["timestamp"] = now.strftime("%H:%M:%S.") + f"{now.microsecond // 1000:03}"
    return event
