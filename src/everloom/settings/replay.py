"""How code is held against the runs that are there."""

from datetime import timedelta

from pydantic import PositiveInt

from .sections import PositiveDuration, Section


class ReplaySettings(Section):
    """How histories are replayed: by `everloom replay`, and before saved code is taken over."""

    at_once: PositiveInt = 4
    """Histories that are read and replayed side by side. Python itself runs one at a time, so more
    helps only while Temporal is far away."""

    limit: PositiveDuration = timedelta(seconds=30)
    """How long the replay of one history may take."""

    reload_runs: PositiveInt = 50
    """Open runs that are replayed before saved code is taken over, at most; the youngest ones."""

    reload_within: PositiveDuration = timedelta(seconds=3)
    """How long saved code may wait for that. What was not replayed by then is said."""
