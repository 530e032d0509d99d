"""What can go wrong between us and Temporal, in our own words."""

from typing import Self

from everloom.core import Conflict, Invalid, NotFound, Unavailable


class ConnectionInvalid(Invalid):
    """The profile or the variables that say how to reach Temporal cannot be used."""

    code = "connection-invalid"


class ServerCertificateUntrusted(ConnectionInvalid):
    """Temporal shows a certificate of an authority that we do not trust."""

    code = "server-certificate-untrusted"


class ServerCertificateExpired(ConnectionInvalid):
    """Temporal shows a certificate that is not valid any more, or not yet."""

    code = "server-certificate-expired"


class ServerNameMismatch(ConnectionInvalid):
    """Temporal shows a certificate for another name than it is called by."""

    code = "server-name-mismatch"


class ClientCertificateMissing(ConnectionInvalid):
    """Temporal wants a client certificate, and none is set."""

    code = "client-certificate-missing"


class ClientCertificateExpired(ConnectionInvalid):
    """Temporal refuses our client certificate: it is not valid any more, or not yet."""

    code = "client-certificate-expired"


class ClientCertificateRefused(ConnectionInvalid):
    """Temporal refuses our client certificate, for example as one of another authority."""

    code = "client-certificate-refused"


class TlsExpected(ConnectionInvalid):
    """Temporal speaks TLS there, and we were told not to."""

    code = "tls-expected"


class TlsNotSpoken(ConnectionInvalid):
    """We were told to use TLS, and Temporal does not speak it there."""

    code = "tls-not-spoken"


class TlsFailed(ConnectionInvalid):
    """The two ends do not agree on TLS, for a reason of their own."""

    code = "tls-failed"


class TemporalUnavailable(Unavailable):
    """Temporal does not answer."""

    code = "temporal-unavailable"

    def __init__(self, message: str, *, hint: str = "", reason: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        """Why, as far as the system says; without the address."""


class TemporalDenied(Invalid):
    """Temporal does not let us in, or not do that."""

    code = "temporal-denied"


class ApiKeyMissing(TemporalDenied):
    """Temporal lets nobody in without an API key or a client certificate, and there is none."""

    code = "api-key-missing"


class ApiKeyExpired(TemporalDenied):
    """The API key has expired."""

    code = "api-key-expired"


class ApiKeyRefused(TemporalDenied):
    """Temporal does not know the API key, or it is for something else."""

    code = "api-key-refused"


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


class RunNotReady(Unavailable):
    """The code of a run stopped while an update was on its way to it; it was not done."""

    code = "run-not-ready"


class RunBusy(Unavailable):
    """So many updates of a run are under way that Temporal takes no more; it was not done."""

    code = "run-busy"

    @classmethod
    def told(cls, workflow_id: str, reason: str) -> Self:
        """The error for one run."""
        return cls(
            f"The run {workflow_id!r} takes no more updates for the moment: {reason}.",
            hint="Ask again when some of the others have their answers.",
        )


class MessageRefused(Conflict):
    """A run refused a signal, query or update, or failed at it."""

    code = "message-refused"

    def __init__(
        self, message: str, *, hint: str = "", reason: str = "", failure_type: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        """What the run said, when it said something."""
        self.failure_type = failure_type
        """The failure's type: the `code` of an error of ours, such as a validator's."""


class PoolClosed(Conflict):
    """A connection was asked of a pool that is closed."""

    code = "pool-closed"
