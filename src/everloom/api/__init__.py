"""What can be called over HTTP: health, runs, and the routes that applications bring along.

For routes of applications: `get_settings`, `get_temporal_service` and `provided(SomeType)`.
"""

from everloom.temporal import get_temporal_service

from .app import create_app
from .applications import RoutesInvalid
from .dependencies import get_settings, provided
from .serving import ApiPortTaken, serve

__all__ = [
    "ApiPortTaken",
    "RoutesInvalid",
    "create_app",
    "get_settings",
    "get_temporal_service",
    "provided",
    "serve",
]
