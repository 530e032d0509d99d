"""The same order twice: as a definition, and as a workflow that somebody wrote by hand.

Both sum up the goods, decide about the shipping, ask for a quote of some of the lines one after the
other, and tell the total; they call the same activity with the same arguments.
"""

from datetime import timedelta
from typing import Any

from temporalio import activity, workflow

LIMIT = timedelta(seconds=30)

Order = dict[str, Any]


def order(quotes: int) -> Order:
    """An order as it comes in.

    Args:
        quotes: How many of its lines are quoted.
    """
    lines = [
        {"sku": f"part-{number}", "price": 1_000 + number, "amount": 1 + number % 3}
        for number in range(10)
    ]
    customer = {"name": "Ada Lovelace", "email": "ada@example.com", "country": "GB"}
    return {"number": "A-1815", "customer": customer, "lines": lines, "quotes": quotes}


@activity.defn(name="bench.quote")
async def quote(line: dict[str, Any]) -> dict[str, Any]:
    """What is taken off the price of a line."""
    return {"sku": line["sku"], "discount": 10 * line["amount"]}


@workflow.defn(name="bench.order-by-hand")
class OrderByHand:
    """The order as a workflow of the plain SDK."""

    @workflow.run
    async def run(self, order: Order) -> Order:
        """Tell the total."""
        goods = sum(line["price"] * line["amount"] for line in order["lines"])
        shipping = 0 if goods >= 50_000 else 490
        for line in order["lines"][: order["quotes"]]:
            wanted = {
                "sku": line["sku"],
                "amount": line["amount"],
                "country": order["customer"]["country"],
            }
            quoted = await workflow.execute_activity(quote, wanted, start_to_close_timeout=LIMIT)
            goods -= quoted["discount"]
        return {"customer": order["customer"]["name"], "total": goods + shipping}


def order_definition(quotes: int) -> dict[str, Any]:
    """The order as a definition that asks for so many quotes."""
    document = {"dsl": "1.0.3", "namespace": "bench", "name": f"order-{quotes}", "version": "1.0.0"}
    return {
        "document": document,
        "do": [
            {
                "sum": {
                    "set": {
                        "customer": "${ .customer }",
                        "lines": "${ .lines }",
                        "goods": "${ [.lines[] | .price * .amount] | add }",
                    }
                }
            },
            {
                "size": {
                    "switch": [
                        {"large": {"when": ".goods >= 50000", "then": "large"}},
                        {"small": {"then": "small"}},
                    ]
                }
            },
            {"small": {"set": "${ . + {shipping: 490} }", "then": "quote0"}},
            {"large": {"set": "${ . + {shipping: 0} }"}},
            *(task for number in range(quotes) for task in _quoted(number)),
            {
                "tell": {
                    "set": {
                        "customer": "${ .customer.name }",
                        "total": "${ .goods + .shipping }",
                    }
                }
            },
        ],
    }


def _quoted(number: int) -> list[dict[str, Any]]:
    return [
        {
            f"quote{number}": {
                "call": "bench.quote:1.0.0@default",
                "with": {
                    "sku": f"${{ .lines[{number}].sku }}",
                    "amount": f"${{ .lines[{number}].amount }}",
                    "country": "${ .customer.country }",
                },
                "output": {"as": "$input + {quoted: .}"},
            }
        },
        {f"take{number}": {"set": "${ . + {goods: (.goods - .quoted.discount)} }"}},
    ]
