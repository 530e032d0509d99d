"""Why does a run not go on? Facts are gathered (`asking`), then told (`telling`, pure)."""

from .answer import NEEDS_SOMEBODY, RANKS, Why
from .asking import explain_wait
from .facts import ProjectFacts, WorkerFacts

__all__ = ["NEEDS_SOMEBODY", "RANKS", "ProjectFacts", "Why", "WorkerFacts", "explain_wait"]
