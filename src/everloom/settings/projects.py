"""Settings of projects and of the hosts that carry their workers."""

from datetime import timedelta
from typing import Annotated

from pydantic import ByteSize, Field, PositiveInt

from everloom.core import Duration

from .sections import PositiveDuration, Section

NAME_PATTERN = r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?"
"""How the names of users and projects read."""

Name = Annotated[str, Field(pattern=f"^{NAME_PATTERN}$")]


class ProjectSettings(Section):
    """Who owns projects, and what one may use at most where it does not say so itself."""

    user: Name = "local"
    """Whom commands act for: the owner of a project that is named without one."""

    activities: PositiveInt = 100
    """Activities of one project that run at once."""

    starts_per_minute: PositiveInt = 600
    """Runs of one project that are started a minute."""

    definition_bytes: ByteSize = ByteSize(1024 * 1024)
    """Largest text of a definition."""

    queues: tuple[str, ...] = ()
    """Queues besides a project's own that its definitions may name under `metadata.everloom.queue`,
    such as that of workers with special hardware. Any other could be another project's."""

    keep_events: PositiveDuration = timedelta(days=30)
    """How long what happened in projects stays readable as a stream of events."""

    keep_runs: PositiveDuration = timedelta(days=365)
    """How long ended runs and statistics stay in the store. The log of changes stays for ever."""

    payload_bytes: ByteSize = ByteSize(2 * 1024 * 1024)
    """Largest input of a run, as JSON."""


class HostSettings(Section):
    """Processes of `everloom host`, each of which carries the workers of many projects."""

    queue: Annotated[str, Field(min_length=1)] = "everloom-hosts"
    """Queue through which Temporal gives projects to hosts. Hosts with another one are a group of
    their own; the commands that place projects need the same."""

    name: Annotated[str, Field(min_length=1)] | None = None
    """Name of this host, which no other has. None: the machine's name and the process id."""

    slots: PositiveInt = 500
    """Projects that one host carries at most."""

    heartbeat: PositiveDuration = timedelta(seconds=30)
    """How often a host writes into the store that it and its projects' workers live."""

    dead_after: PositiveDuration = timedelta(minutes=2)
    """Silence after which a worker is shown as dead and a host is forgotten. Only what is shown
    depends on it: that a project comes back elsewhere is `placement_heartbeat`'s business."""

    placement_heartbeat: PositiveDuration = timedelta(seconds=4)
    """Silence towards Temporal after which a project is given to another host. Shorter is back
    sooner after a loss, and sends more heartbeats."""

    drain: Duration = timedelta(seconds=30)
    """How long a worker that is stopped or moved lets running activities finish."""

    retry_first: PositiveDuration = timedelta(seconds=1)
    """Wait before a project's worker that failed is started again; it doubles with each failure."""

    retry_cap: PositiveDuration = timedelta(minutes=1)
    """Longest wait before a project's worker that failed is started again."""
