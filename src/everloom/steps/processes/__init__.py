"""Processes that definitions start: scripts, shell commands, and what speaks MCP over its streams."""

from .child import Child, Command, Ended, started
from .collecting import Finished, fault_of_end, run_to_end, took_too_long
from .limits import Limits
from .permitting import check_allowed
from .texts import text_of, texts_of, variables_of

__all__ = [
    "Child",
    "Command",
    "Ended",
    "Finished",
    "Limits",
    "check_allowed",
    "fault_of_end",
    "run_to_end",
    "started",
    "text_of",
    "texts_of",
    "took_too_long",
    "variables_of",
]
