"""How Temporal is reached: connection, health, pool, runs. The only room that uses its client."""

from .connecting import Health
from .door import TemporalService, get_temporal_service
from .errors import (
    ConnectionInvalid,
    MessageRefused,
    NamespaceNotFound,
    NoWorker,
    PoolClosed,
    RunExists,
    RunFailed,
    RunNotFound,
    TemporalDenied,
    TemporalRefused,
    TemporalUnavailable,
)

__all__ = [
    "ConnectionInvalid",
    "Health",
    "MessageRefused",
    "NamespaceNotFound",
    "NoWorker",
    "PoolClosed",
    "RunExists",
    "RunFailed",
    "RunNotFound",
    "TemporalDenied",
    "TemporalRefused",
    "TemporalService",
    "TemporalUnavailable",
    "get_temporal_service",
]
