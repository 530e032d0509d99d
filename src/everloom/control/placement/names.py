"""What the placement of projects is called on the wire, and where its parts run."""

PLACEMENT = "everloom.placement"
"""Workflow that keeps one project's worker on some host."""

OF_PROJECT = "everloom-project"
"""Memo of a placement: the id of its project, which one of the same name that comes later has not."""

SERVE = "everloom.serve-project"
"""Activity that carries a project's worker, for as long as it does."""

ORDER = "everloom.order-project"
"""Activity on the queue of a project: tells the host that carries it something."""

WATCH = "everloom.host"
"""Workflow that notices when a host is lost."""

BE = "everloom.be-host"
"""Activity that lasts as long as a host does. Its heartbeats are the host's."""

ANSWER = "everloom.answer"
"""Activity that a host does at once, if it is there."""

FIND_CARRIED = "everloom.find-carried"
"""Activity that looks into the store for what a host carried."""

LOST = "everloom.placement.lost"
"""Signal of a watch: the host that carries the project is lost."""

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


def watch_queue(hosts: str) -> str:
    """The queue of the watches of hosts: a host whose slots are taken still serves it."""
    return f"{hosts}-watches"
