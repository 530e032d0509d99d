"""Is an engine running here? For those who use it and neither start nor join it."""

from everloom.settings import Settings

from .claim import Running, read_holder
from .engine import engine_needed


def find_engine(settings: Settings) -> Running | None:
    """The engine that runs in the settings' folder, whoever started it; None when there is none.

    None too when an address of a Temporal is given: then that one is meant.
    """
    return running_here(settings) if engine_needed(settings) else None


def running_here(settings: Settings) -> Running | None:
    """The engine that runs in the settings' folder, also when an address of a Temporal is given.

    The parts of `everloom dev` are given its address; they may compare.
    """
    holder = read_holder(settings.path(settings.engine.folder))
    if holder is None or holder.running is None or holder.running.server.find() is None:
        return None
    return holder.running
