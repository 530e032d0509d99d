"""What can be wrong with how a test uses this room."""

from everloom.core import Conflict, Invalid, NotFound


class CodeUnusable(Invalid):
    """What a test gives to a worker is neither a workflow nor an activity."""

    code = "code-unusable"


class ActivityUnknown(NotFound):
    """A fake is for an activity that the code does not have."""

    code = "activity-unknown"


class FakeInvalid(Invalid):
    """A fake does not take or give what the real activity does."""

    code = "fake-invalid"


class WorkerStuck(Conflict):
    """A test's worker does not end: an activity or a workflow runs on for ever."""

    code = "worker-stuck"


class RunStuck(Conflict):
    """A run has not ended for longer than a test waits."""

    code = "run-stuck"


class ProcessFailed(Conflict):
    """A worker process of a test ended, and not because the test killed it."""

    code = "process-failed"
