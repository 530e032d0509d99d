"""Is a definition right, and what is wrong with it? All problems at once."""

from .check import check_definition

__all__ = ["check_definition"]
