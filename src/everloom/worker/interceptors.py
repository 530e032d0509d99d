"""What goes on around every workflow and activity: one list, for workers of ours and for the plugin."""

from temporalio.worker import Interceptor

from everloom.settings import Settings

from .budget import HistoryWatch
from .running import RunningActivities
from .unknown_signals import UnknownSignals


def worker_interceptors(settings: Settings, running: RunningActivities) -> list[Interceptor]:
    """The interceptors of a worker, outermost first.

    Args:
        settings: The process's.
        running: Notes which activities run, for all workers of the process.
    """
    return [running, HistoryWatch(settings), UnknownSignals()]
