"""What can go wrong between us and Temporal, in our own words."""

from everloom.core import Conflict, Invalid, NotFound, Unavailable


class ConnectionInvalid(Invalid):
    """The profile or the variables that say how to reach Temporal cannot be used."""

    code = "connection-invalid"


class TemporalUnavailable(Unavailable):
    """Temporal does not answer."""

    code = "temporal-unavailable"


class TemporalDenied(Invalid):
    """Temporal does not let us in, or not do that."""

    code = "temporal-denied"


class TemporalRefused(Invalid):
    """Temporal does not take a request as it is."""

    code = "temporal-refused"


class NamespaceNotFound(NotFound):
    """Temporal has no such namespace."""

    code = "namespace-not-found"


class RunNotFound(NotFound):
    """There is no such run."""

    code = "run-not-found"


class RunExists(Conflict):
    """A run of that id exists, and the caller did not mean it."""

    code = "run-exists"

    def __init__(self, message: str, *, hint: str = "", run_id: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.run_id = run_id
        """The run that exists."""


class RunFailed(Conflict):
    """A run ended without a result."""

    code = "run-failed"

    def __init__(self, message: str, *, status: str, reason: str, failure_type: str = "") -> None:
        super().__init__(message)
        self.status = status
        """`failed`, `cancelled`, `terminated` or `timed-out`."""
        self.reason = reason
        """What the failure said that tells why."""
        self.failure_type = failure_type
        """That failure's type: the `code` of an error of ours."""


class NoWorker(Unavailable):
    """No worker answered a query or an update."""

    code = "no-worker"


class MessageRefused(Conflict):
    """A run refused a signal, query or update, or failed at it."""

    code = "message-refused"


class PoolClosed(Conflict):
    """A connection was asked of a pool that is closed."""

    code = "pool-closed"
