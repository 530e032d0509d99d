"""What do the workers of projects write down? How runs and activities begin and end, for the store."""

from .buffer import Attempt, Buffer, Taken
from .recorder import Recorder

__all__ = ["Attempt", "Buffer", "Recorder", "Taken"]
