"""Make a project from the template beside this file."""

from .making import Call, new

__all__ = ["Call", "new"]
