"""Wait until a workflow has seen something: by the means that users have."""

from everloom.testing import digested

__all__ = ["digested"]
