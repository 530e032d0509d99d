"""What the placement of projects is called on the wire, and where its parts run."""

PLACEMENT = "everloom.placement"
"""Workflow that keeps one project's worker on some host."""

SERVE = "everloom.serve-project"
"""Activity that carries a project's worker, for as long as it does."""

ORDER = "everloom.order-project"
"""Activity that tells the host of a project something."""

SERVING = "everloom.placement.serving"
"""Signal of a host: the project is polled here."""

STATUS = "everloom.placement.status"
"""Query for how the placement stands."""

START = "everloom.placement.start"
STOP = "everloom.placement.stop"
RESTART = "everloom.placement.restart"
MOVE = "everloom.placement.move"
DRAIN = "everloom.placement.drain"
REFRESH = "everloom.placement.refresh"


def host_queue(hosts: str, host: str) -> str:
    """The queue of one host.

    Args:
        hosts: The queue of all hosts.
        host: The host's name.
    """
    return f"{hosts}/{host}"
