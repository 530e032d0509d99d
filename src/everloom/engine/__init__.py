"""Where Temporal comes from: found, started tuned, joined, stopped with its parent."""

from .binary import find_binary, find_installed_binary
from .claim import Running
from .engine import Engine, embedded_engine, engine_needed, start_engine
from .errors import (
    BinaryInvalid,
    BinaryMissing,
    EngineFailed,
    EngineFolderInvalid,
    EngineHeld,
    PortTaken,
)
from .looking import find_engine, running_here
from .ports import free_port, port_holder

__all__ = [
    "BinaryInvalid",
    "BinaryMissing",
    "Engine",
    "EngineFailed",
    "EngineFolderInvalid",
    "EngineHeld",
    "PortTaken",
    "Running",
    "embedded_engine",
    "engine_needed",
    "find_binary",
    "find_engine",
    "find_installed_binary",
    "free_port",
    "port_holder",
    "running_here",
    "start_engine",
]
