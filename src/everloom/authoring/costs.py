"""What an activity costs, said by the activity itself: tokens of a model, a paid request."""

import math
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from everloom.core import Invalid


class CostInvalid(Invalid):
    """An activity said that it costs what nothing can cost."""

    code = "cost-invalid"


class Costs:
    """What one attempt has cost so far. Threads of the attempt may add to it side by side."""

    def __init__(self) -> None:
        self._adding = Lock()
        self.amount = 0.0

    def add(self, amount: float) -> None:
        """Add an amount."""
        with self._adding:
            self.amount += amount


_collected: ContextVar[Costs | None] = ContextVar("everloom_costs", default=None)


def add_cost(amount: float) -> None:
    """Add to what this activity costs, in the currency that the project has agreed on.

    It counts for the run and for the statistics of its project, also when the attempt fails later:
    what was spent is spent. Where nobody counts, as in a unit test, nothing happens.

    Args:
        amount: What it costs, zero or more.

    Raises:
        CostInvalid: It is negative, or no number.
    """
    if not math.isfinite(amount) or amount < 0:
        raise CostInvalid(
            f"An activity cannot cost {amount!r}.", hint="Say a number, zero or more."
        )
    collected = _collected.get()
    if collected is not None:
        collected.add(amount)


@contextmanager
def collecting_costs() -> Generator[Costs]:
    """Collect what is added in this block, and in the threads and tasks that it starts."""
    costs = Costs()
    token = _collected.set(costs)
    try:
        yield costs
    finally:
        _collected.reset(token)
