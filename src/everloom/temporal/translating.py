"""Errors of the SDK, as ours. One table for every call."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from temporalio.api.errordetails.v1 import WorkflowNotReadyFailure
from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    FailureError,
    TerminatedError,
    TimeoutError,  # noqa: A004 - the SDK's name for a run out of time
    WorkflowAlreadyStartedError,
)
from temporalio.service import RPCError, RPCStatusCode

from everloom.core import EverloomError

from .attempting import is_broken
from .connecting import Connecting
from .connection import denied, unavailable
from .errors import (
    MessageRefused,
    NamespaceNotFound,
    NoWorker,
    RunBusy,
    RunExists,
    RunFailed,
    RunNotFound,
    RunNotReady,
    TemporalRefused,
)
from .keys import find_expiry, key_refused

AWAY = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.RESOURCE_EXHAUSTED})
SILENT = frozenset({RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
DENIED = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED})
NO_POLLER = "no poller"
TOO_LARGE = "larger than max"
BUSY = "in-flight updates has been reached"
"""Said of one run with the status of a server that is overloaded; the update was not taken."""


@contextmanager
def our_errors(
    connecting: Connecting, client: Client, workflow_id: str = "", *, asks_worker: bool = False
) -> Generator[None]:
    """Let errors of the SDK out as ours.

    Args:
        connecting: Whose connection it is.
        client: The client that is used.
        workflow_id: The run it is about.
        asks_worker: A worker has to answer, so silence is the worker's and not Temporal's.

    Raises:
        RunExists, RunNotFound, RunFailed: The run is not as it was believed to be.
        MessageRefused, RunBusy, NoWorker: The run, or its worker, did not take a message.
        NamespaceNotFound, TemporalDenied, TemporalRefused: Temporal does not take the request.
        TemporalUnavailable: Temporal is away.
    """
    try:
        yield
    except RPCError as error:
        if _is_away(error):
            connecting.lost(client, error.message)
        raise _rpc(error, connecting, workflow_id, asks_worker=asks_worker) from error
    except RPCTimeoutOrCancelledError as error:
        raise _no_worker(workflow_id) from error
    except WorkflowAlreadyStartedError as error:
        raise RunExists(
            f"A run with the id {error.workflow_id!r} exists already.",
            hint="Choose another id, or look at that run with `everloom runs show`.",
            run_id=error.run_id,
        ) from error
    except WorkflowFailureError as error:
        raise _failed(error.cause, workflow_id) from error
    except (WorkflowQueryFailedError, WorkflowUpdateFailedError) as error:
        raise _message_refused(error, workflow_id) from error
    except WorkflowQueryRejectedError as error:
        raise MessageRefused(f"The run {workflow_id!r} took no query: {error}.") from error


def _is_away(error: RPCError) -> bool:
    """A message that is too large, and a run that is busy, have the status of a server in trouble."""
    is_own = TOO_LARGE in error.message or BUSY in error.message
    return (error.status in AWAY or is_broken(error)) and not is_own


def _is_not_ready(error: RPCError) -> bool:
    """Whether the workflow task that should have taken an update failed; a retry is safe then."""
    return any(
        detail.Is(WorkflowNotReadyFailure.DESCRIPTOR) for detail in error.grpc_status.details
    )


def _rpc(
    error: RPCError, connecting: Connecting, workflow_id: str, *, asks_worker: bool
) -> EverloomError:
    address, said = connecting.connection.address, error.message.rstrip(".")
    if _is_away(error) or (error.status in SILENT and not asks_worker):
        return unavailable(address, said)
    if error.status in SILENT or NO_POLLER in said:
        return _no_worker(workflow_id)
    if TOO_LARGE in said:
        return TemporalRefused(
            f"The message is too large for Temporal: {said}.",
            hint="Put what is large into the object store, and send its key.",
        )
    if error.status in DENIED:
        return _denied(error, connecting, said)
    if error.status == RPCStatusCode.NOT_FOUND:
        return _not_found(said, connecting.connection.namespace, workflow_id)
    return _not_taken(error, workflow_id, said)


def _denied(error: RPCError, connecting: Connecting, said: str) -> EverloomError:
    """Whoever is let in may still not be allowed everything; a key that has ended is let in nowhere."""
    key = connecting.connection.api_key
    ended = find_expiry(key) if key else None
    is_over = ended is not None and ended <= datetime.now(UTC)
    if error.status == RPCStatusCode.UNAUTHENTICATED or is_over:
        return key_refused(connecting.connection, said)
    return denied(connecting.connection.address, said)


def _not_taken(error: RPCError, workflow_id: str, said: str) -> EverloomError:
    if BUSY in said:
        return RunBusy.told(workflow_id, said)
    if not _is_not_ready(error):
        return TemporalRefused(f"Temporal refused it: {said}.")
    return RunNotReady(
        f"The code of the run {workflow_id!r} stopped before it took the update.",
        hint=f"A worker's log says why; `everloom runs show {workflow_id}` whether it is stuck.",
    )


def _not_found(said: str, namespace: str, workflow_id: str) -> EverloomError:
    if said.startswith("Namespace"):
        return NamespaceNotFound(
            f"Temporal has no namespace {namespace!r}.",
            hint="Look at TEMPORAL_NAMESPACE, or make it with `temporal operator namespace create`.",
        )
    if "completed" in said:
        return MessageRefused(f"The run {workflow_id!r} has ended already.")
    return RunNotFound(
        f"There is no run with the id {workflow_id!r} in the namespace {namespace!r}.",
        hint="`everloom runs list` shows the ones there are.",
    )


def _no_worker(workflow_id: str) -> NoWorker:
    return NoWorker(
        f"No worker answered for the run {workflow_id!r} in time.",
        hint="Start one with `everloom worker`; `everloom doctor` shows queues without pollers.",
    )


def _message_refused(
    error: WorkflowQueryFailedError | WorkflowUpdateFailedError, workflow_id: str
) -> MessageRefused:
    said, failure_type = str(error), ""
    if isinstance(error, WorkflowUpdateFailedError):
        said, failure_type = _telling(error.cause)
    code = f" ({failure_type})" if failure_type.islower() else ""  # one of ours, not a class's name
    return MessageRefused(
        f"The run {workflow_id!r} refused it: {said.rstrip('.')}{code}.",
        reason=said,
        failure_type=failure_type,
    )


def _failed(cause: BaseException, workflow_id: str) -> RunFailed:
    reason, failure_type = _telling(cause)
    status = _status(cause)
    words = {"timed-out": "ran out of time", "cancelled": "was cancelled"}
    ended = words.get(status, "was terminated" if status == "terminated" else "failed")
    end = f": {reason.rstrip('.')}." if reason else "."
    return RunFailed(
        f"The run {workflow_id!r} {ended}{end}",
        status=status,
        reason=reason,
        failure_type=failure_type,
    )


def _status(cause: BaseException) -> str:
    match cause:
        case CancelledError():
            return "cancelled"
        case TerminatedError():
            return "terminated"
        case TimeoutError():
            return "timed-out"
        case _:
            return "failed"


def _telling(cause: BaseException) -> tuple[str, str]:
    """Words and type of the failure that says what went wrong.

    Those around it only say where it happened. What lies below it, such as a driver's own error, was
    put into words by whoever raised it.
    """
    while (
        isinstance(cause, FailureError)
        and not isinstance(cause, ApplicationError)
        and isinstance(cause.cause, FailureError)
    ):
        cause = cause.cause
    said = cause.message if isinstance(cause, FailureError) else str(cause)
    return said, (cause.type or "") if isinstance(cause, ApplicationError) else ""
