"""How do projects get to a process that serves them? Hosts, and the placement that Temporal keeps."""

from .carrying import Carrier, ProjectElsewhere, WorkerLost
from .host import HostOptions, host_name, run_host
from .placement import ProjectPlacement
from .process import host_process

__all__ = [
    "Carrier",
    "HostOptions",
    "ProjectElsewhere",
    "ProjectPlacement",
    "WorkerLost",
    "host_name",
    "host_process",
    "run_host",
]
