"""How does plain SDK code get what Everloom adds? One line: `plugins=[EverloomPlugin()]`."""

from .plugin import EverloomPlugin

__all__ = ["EverloomPlugin"]
