"""What can be wrong with running workers."""

from collections.abc import Iterable
from typing import Self

from everloom.core import Conflict, Invalid, NotFound, Unavailable, did_you_mean


class QueueUnknown(NotFound):
    """A queue was named that the settings do not have."""

    code = "queue-unknown"

    def __init__(self, queue: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no queue `{queue}`.", hint=did_you_mean(queue, known))


class NothingToServe(Invalid):
    """No workflow or activity is bound to any of the queues."""

    code = "nothing-to-serve"

    @classmethod
    def on(cls, queues: Iterable[str], bound: Iterable[str]) -> Self:
        """The error for queues that were asked for, with those the code has work on."""
        there = ", ".join(f"`{queue}`" for queue in bound)
        return cls(
            f"No workflow or activity is bound to {' or '.join(f'`{each}`' for each in queues)}.",
            hint=f"The code has work on {there}."
            if there
            else "`catalog.packages` names the packages with your workflows.",
        )


class WorkerCodeInvalid(Invalid):
    """A worker process could not start, because of the code or the settings it found."""

    code = "worker-code-invalid"


class SyntaxBroken(Invalid):
    """A saved file is no Python; the workers go on with the code they have."""

    code = "syntax-broken"


class HealthPortTaken(Conflict):
    """Something else listens where the health endpoints shall be."""

    code = "health-port-taken"

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"The health endpoints cannot listen on {host}:{port}: {reason}.",
            hint="Set `worker.health_port` to another port; 0 takes a free one and names it.",
        )


class CompanionDown(Unavailable):
    """A process that runs beside the workers ended before it answered."""

    code = "companion-down"
