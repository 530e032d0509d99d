"""An activity says what it costs."""

import asyncio
import math

import pytest

from everloom.authoring import CostInvalid, add_cost, collecting_costs


async def test_costs_of_tasks_and_threads_are_collected() -> None:
    """Those that the attempt has started, and no others."""

    async def spend() -> None:
        add_cost(0.25)

    with collecting_costs() as costs:
        add_cost(1)
        await asyncio.gather(spend(), spend())
        await asyncio.to_thread(add_cost, 0.5)
    add_cost(100)

    assert costs.amount == 2.0


@pytest.mark.parametrize("amount", [-0.01, math.nan, math.inf])
def test_nothing_costs_less_than_nothing(amount: float) -> None:
    """A mistake is told where it is made."""
    with pytest.raises(CostInvalid):
        add_cost(amount)
