"""Find out what is wrong and what to do. Nothing is repaired, and nothing is left behind."""

from .examination import Report, examine
from .findings import Finding, Level

__all__ = ["Finding", "Level", "Report", "examine"]
