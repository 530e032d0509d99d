"""Words everybody shares: errors, durations, nearest names. Imports nothing of ours."""

from .durations import Duration, format_duration, parse_duration
from .errors import Conflict, EverloomError, Invalid, NotFound, Problem, Unavailable
from .iso_durations import LONGEST_DURATION, has_calendar_parts, iso_for, read_iso_duration
from .json_values import Json, is_list, is_object
from .log_fields import LOG_FIELDS
from .nearest import did_you_mean, nearest
from .pointers import Steps, escape_step, found_at, pointer, steps_of

__all__ = [
    "LOG_FIELDS",
    "LONGEST_DURATION",
    "Conflict",
    "Duration",
    "EverloomError",
    "Invalid",
    "Json",
    "NotFound",
    "Problem",
    "Steps",
    "Unavailable",
    "did_you_mean",
    "escape_step",
    "format_duration",
    "found_at",
    "has_calendar_parts",
    "is_list",
    "is_object",
    "iso_for",
    "nearest",
    "parse_duration",
    "pointer",
    "read_iso_duration",
    "steps_of",
]
