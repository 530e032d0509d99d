"""Which tasks does a definition have, and how do they appear in a history? Knows no project."""

from .pointing import Pointing, opened, pointing_of
from .tasks import UNDRAWN, Drawn, is_compensation, is_drawn, name_of
from .telling import Happened, ToldTasks, ask_tasks, type_of_event

__all__ = [
    "UNDRAWN",
    "Drawn",
    "Happened",
    "Pointing",
    "ToldTasks",
    "ask_tasks",
    "is_compensation",
    "is_drawn",
    "name_of",
    "opened",
    "pointing_of",
    "type_of_event",
]
