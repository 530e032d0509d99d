"""What every use case of a project works with."""

from dataclasses import dataclass

from everloom.settings import Settings
from everloom.store import Store
from everloom.temporal import TemporalService


@dataclass(frozen=True)
class Platform:
    """The settings, what is kept, and the way to Temporal."""

    settings: Settings
    store: Store
    temporal: TemporalService
