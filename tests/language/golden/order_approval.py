"""Order with approval and compensation.

Compiled by Everloom from the definition shop.order@1.0.0.
"""

from datetime import timedelta

from everloom.flow import (
    About,
    Catch,
    Caught,
    Correlation,
    Events,
    Flow,
    Jq,
    Json,
    Schema,
    Scope,
    attempt,
    call_http,
    junction,
    listen,
    task,
    wanted,
)
from temporalio import workflow

REFUSED_ERROR: dict[str, Json] = {
    "type": "https://shop.example/errors/order-refused",
    "status": 403,
    "title": "The order was refused",
}
WORKFLOW_INPUT_SCHEMA = Schema(
    {
        "type": "object",
        "required": ["orderId", "total", "items", "country"],
        "properties": {
            "orderId": {"type": "string", "minLength": 1},
            "total": {"type": "number", "exclusiveMinimum": 0},
            "items": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "country": {"type": "string"},
        },
    }
)


@workflow.defn(name="shop.order@1.0.0")
class Order(Flow):
    """Order with approval and compensation.

    Reserves, charges and ships an order. A large one waits for a manager. When a step
    fails, those before it are undone.
    """

    about = About(
        namespace="shop",
        name="order",
        version="1.0.0",
        input_schema=WORKFLOW_INPUT_SCHEMA,
        output_as="{ orderId, parcel, payment, approvedBy }",
    )

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run order from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of order."""
        data, way = await self.size(data, here)
        if way == "large":
            data = await self.ask_manager(data, here)
            data = await self.decision(data, here)
            data, way = await self.approval(data, here)
            if way == "denied":
                return await self.refuse(data, here)
        return await self.fulfil(data, here)

    @junction("/do/0/size")
    async def size(self, here: Scope) -> tuple[Json, str]:
        """Choose: large, small."""
        if here.test(".total > 1000"):
            return here.data, "large"
        return here.data, "small"

    @task("/do/1/askManager", output_as="$input")
    async def ask_manager(self, here: Scope) -> Json:
        """POST https://shop.example/approvals."""
        return await call_http(
            here,
            method="post",
            endpoint="https://shop.example/approvals",
            body={"orderId": here.jq(".orderId"), "total": here.jq(".total")},
        )

    @task(
        "/do/2/decision",
        output_as="$input + { approvedBy: (if .[0].approved then .[0].by else null end) }",
        timeout=timedelta(days=3),
    )
    async def decision(self, here: Scope) -> Json:
        """Wait for events."""
        return await listen(
            here,
            Events(
                one=wanted(
                    {"order": Correlation(from_=".data.orderId", expect=Jq(".orderId"))},
                    type="com.shop.approval.decided",
                )
            ),
        )

    @junction("/do/3/approval")
    async def approval(self, here: Scope) -> tuple[Json, str]:
        """Choose: given, denied."""
        if here.test(".approvedBy != null"):
            return here.data, "given"
        return here.data, "denied"

    @task("/do/4/refuse")
    async def refuse(self, here: Scope) -> Json:
        """Raise refused."""
        raise here.fault(**REFUSED_ERROR)

    @task("/do/5/fulfil")
    async def fulfil(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.fulfil_tasks, Catch(as_="problem", is_handled=True))
        except Caught as caught:
            return await self.fulfil_caught(here.data, caught.here)

    async def fulfil_tasks(self, data: Json, here: Scope) -> Json:
        """What fulfil tries."""
        data = await self.reserve(data, here)
        data = await self.charge(data, here)
        return await self.ship(data, here)

    @task(
        "/do/5/fulfil/try/0/reserve",
        output_as="$input + { reservation: .id }",
        export_as="$context + { reservation: .reservation }",
    )
    async def reserve(self, here: Scope) -> Json:
        """POST https://stock.example/reservations."""
        return await call_http(
            here,
            method="post",
            endpoint="https://stock.example/reservations",
            body={"orderId": here.jq(".orderId"), "items": here.jq(".items")},
        )

    @task(
        "/do/5/fulfil/try/1/charge",
        output_as="$input + { payment: .id }",
        export_as="$context + { payment: .payment }",
    )
    async def charge(self, here: Scope) -> Json:
        """POST https://bank.example/payments."""
        return await call_http(
            here,
            method="post",
            endpoint="https://bank.example/payments",
            body={"reference": here.jq(".orderId"), "amount": here.jq(".total")},
        )

    @task("/do/5/fulfil/try/2/ship", output_as="$input + { parcel: .id }")
    async def ship(self, here: Scope) -> Json:
        """POST https://post.example/parcels."""
        return await call_http(
            here,
            method="post",
            endpoint="https://post.example/parcels",
            body={"reference": here.jq(".orderId"), "country": here.jq(".country")},
        )

    async def fulfil_caught(self, data: Json, here: Scope) -> Json:
        """What fulfil does about an error."""
        data = await self.refund(data, here)
        data = await self.release(data, here)
        return await self.give_up(data, here)

    @task("/do/5/fulfil/catch/do/0/refund", if_="$context.payment != null", output_as="$input")
    async def refund(self, here: Scope) -> Json:
        """DELETE ${ 'https://bank.example/payments/' + $context.payment }."""
        return await call_http(
            here,
            method="delete",
            endpoint=here.jq('"https://bank.example/payments/" + $context.payment'),
        )

    @task("/do/5/fulfil/catch/do/1/release", if_="$context.reservation != null", output_as="$input")
    async def release(self, here: Scope) -> Json:
        """DELETE ${ 'https://stock.example/reservations/' + $context.reservation }."""
        return await call_http(
            here,
            method="delete",
            endpoint=here.jq('"https://stock.example/reservations/" + $context.reservation'),
        )

    @task("/do/5/fulfil/catch/do/2/giveUp")
    async def give_up(self, here: Scope) -> Json:
        """Raise The order was undone."""
        raise here.fault(
            "https://shop.example/errors/order-failed",
            422,
            title="The order was undone",
            detail=here.jq(
                '"Order " + .orderId + " failed with status " + ($problem.status | tostring)'
            ),
        )
