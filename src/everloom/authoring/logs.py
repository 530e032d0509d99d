"""Log lines with fields, from workflow code, activities and anything else: one way for all.

In workflow code a line is written once, when it happens, and never again in a replay. What the line
is about (workflow, run, activity, attempt, queue) comes along by itself.
"""

import logging
from typing import Any

from temporalio import activity, workflow

from everloom.core import LOG_FIELDS


class Log:
    """A logger whose events are constant phrases with fields.

    log = get_logger(__name__)
    log.info("page stored", rows=200)
    """

    def __init__(self, name: str, fields: dict[str, Any] | None = None) -> None:
        self._logger = logging.getLogger(name)
        self._fields = fields or {}
        self._in_workflow = workflow.LoggerAdapter(self._logger, None)
        self._in_workflow.workflow_info_on_message = False
        # What formats a line may import or look at the clock; neither reaches the workflow.
        self._in_workflow.unsafe_disable_sandbox()
        self._in_activity = activity.LoggerAdapter(self._logger, None)
        self._in_activity.activity_info_on_message = False

    def bind(self, **fields: Any) -> "Log":
        """The same logger with fields that all its lines have."""
        return Log(self._logger.name, {**self._fields, **fields})

    def debug(self, event: str, /, **fields: Any) -> None:
        """Say what only somebody who looks for a fault wants to know."""
        self._say(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: Any) -> None:
        """Say what happened."""
        self._say(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: Any) -> None:
        """Say what somebody should look at some day."""
        self._say(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: Any) -> None:
        """Say what somebody should look at now."""
        self._say(logging.ERROR, event, fields)

    def exception(self, event: str, /, **fields: Any) -> None:
        """Say an error together with the exception that is handled right now."""
        self._say(logging.ERROR, event, fields, trace=True)

    def _say(self, level: int, event: str, fields: dict[str, Any], *, trace: bool = False) -> None:
        logger = self._logger
        if workflow.in_workflow():
            logger = self._in_workflow
        elif activity.in_activity():
            logger = self._in_activity
        extra = {LOG_FIELDS: {**self._fields, **fields}}
        # Without arguments, so that a % in the event is just a character.
        logger.log(level, event, extra=extra, exc_info=trace, stacklevel=3)


def get_logger(name: str) -> Log:
    """A logger for workflow code, activities and everything around them."""
    return Log(name)
