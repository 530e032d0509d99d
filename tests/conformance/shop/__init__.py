"""An application whose activities definitions call by `name:version@default`."""

from pydantic import BaseModel
from temporalio import activity
from temporalio.exceptions import ApplicationError


class Order(BaseModel):
    """What is priced."""

    sku: str
    quantity: int = 1


class Price(BaseModel):
    """What it costs."""

    total: float
    currency: str = "EUR"


PRICES = {"bolt": 0.5, "beam": 80.0}


@activity.defn(name="shop.price")
def price(order: Order) -> Price:
    """Price an order."""
    found = PRICES.get(order.sku)
    if found is None:
        raise ApplicationError(f"There is no {order.sku!r}.", type="NoSuchProduct")
    return Price(total=found * order.quantity)


@activity.defn(name="shop.price:2.0.0")
def price_in_cents(order: Order) -> int:
    """Price an order in cents."""
    return round(PRICES[order.sku] * order.quantity * 100)


@activity.defn(name="shop.open")
async def is_open() -> bool:
    """Whether the shop is open."""
    return True


@activity.defn(name="shop.echo")
async def echo(value: dict[str, object]) -> dict[str, object]:
    """Give back what came."""
    return value
