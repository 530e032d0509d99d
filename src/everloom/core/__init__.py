"""Words everybody shares: errors, durations, nearest names. Imports nothing of ours."""

from .durations import Duration, format_duration, parse_duration
from .errors import Conflict, EverloomError, Invalid, NotFound, Problem, Unavailable
from .log_fields import LOG_FIELDS
from .nearest import did_you_mean, nearest

__all__ = [
    "LOG_FIELDS",
    "Conflict",
    "Duration",
    "EverloomError",
    "Invalid",
    "NotFound",
    "Problem",
    "Unavailable",
    "did_you_mean",
    "format_duration",
    "nearest",
    "parse_duration",
]
