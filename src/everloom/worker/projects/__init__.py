"""How do the versions of projects get run? Code on demand, a worker a project, replays for the gate."""

from .borders import ProjectForeign
from .fairness import FairEvaluator
from .instances import CodeDelayed, Codes
from .replays import ReplayBench
from .runner import AnyVersion, ProjectRunner
from .shelf import Shelf, VersionUnserved
from .worker import HostMeans, ProjectWorker, Records

__all__ = [
    "AnyVersion",
    "CodeDelayed",
    "Codes",
    "FairEvaluator",
    "HostMeans",
    "ProjectForeign",
    "ProjectRunner",
    "ProjectWorker",
    "Records",
    "ReplayBench",
    "Shelf",
    "VersionUnserved",
]
