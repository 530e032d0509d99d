"""Loggers with fields, on top of the standard library's logging.

Before `set_up_logs` a warning still reaches standard error, by way of the standard library, and
nothing ever reaches standard output: that carries data.
"""

import structlog
from structlog.stdlib import BoundLogger, LoggerFactory, ProcessorFormatter

Logger = BoundLogger

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=LoggerFactory(),
    wrapper_class=BoundLogger,
    cache_logger_on_first_use=False,
)


def get_logger(name: str) -> Logger:
    """A logger whose events are constant phrases with fields: `log.info("ready", port=8081)`."""
    return structlog.stdlib.get_logger(name)
