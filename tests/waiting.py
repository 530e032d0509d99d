"""Wait for the thing itself, with a deadline: by the means that users have."""

from everloom.testing import eventually

__all__ = ["eventually"]
