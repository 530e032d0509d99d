"""Only computes: passed through the sandbox."""

from datetime import date

from pydantic import BaseModel

MADE: list[str] = []
"""Who was here, in this process."""


class Order(BaseModel):
    """Something ordered."""

    number: int
    day: date = date(2026, 1, 1)
