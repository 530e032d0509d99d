"""The SDK's own settings of a process: defaults of calls, its runtime, its log lines."""

import logging
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from everloom.authoring import Policy, use_default_policy
from everloom.settings import Settings

_SHORTEST_BEAT = timedelta(seconds=1)
_LONGEST_BEAT = timedelta(seconds=60)


def set_up_sdk(settings: Settings) -> None:
    """Prepare the SDK. Once a process, before the first connection."""
    limits = settings.activities
    use_default_policy(
        Policy(
            timeout=limits.start_to_close,
            heartbeat=limits.heartbeat,
            attempts=limits.retry.attempts,
            first_interval=limits.retry.first_interval,
            coefficient=limits.retry.coefficient,
            cap=limits.retry.cap,
        )
    )
    # Type, id and attempt are fields of a line; in its text they would stand twice.
    activity.logger.activity_info_on_message = False
    workflow.logger.workflow_info_on_message = False
    Runtime.set_default(_runtime(settings))


def _runtime(settings: Settings) -> Runtime:
    """A runtime whose log lines pass through ours, and which tells Temporal that we live."""
    forwarding = LogForwardingConfig(
        logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
    )
    logs = LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding)
    beat = min(max(settings.worker.heartbeat, _SHORTEST_BEAT), _LONGEST_BEAT)
    return Runtime(telemetry=TelemetryConfig(logging=logs), worker_heartbeat_interval=beat)
