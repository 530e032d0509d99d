"""Invoice dunning.

Compiled by Everloom from the definition finance.dunning@1.0.0.
"""

from everloom.flow import (
    About,
    End,
    Flow,
    Json,
    Passes,
    Schema,
    Scope,
    call_http,
    junction,
    sleep,
    task,
)
from temporalio import workflow

WORKFLOW_INPUT_SCHEMA = Schema(
    {
        "type": "object",
        "required": ["invoice", "customer", "amount"],
        "properties": {
            "amount": {"type": "number", "exclusiveMinimum": 0},
            "pauses": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Waits before each look at the account.",
            },
        },
    }
)


@workflow.defn(name="finance.dunning@1.0.0")
class Dunning(Flow):
    """Invoice dunning.

    Sends an invoice and waits for the money; reminds three times, each time sooner, then
    hands it to collection.
    """

    about = About(
        namespace="finance",
        name="dunning",
        version="1.0.0",
        input_schema=WORKFLOW_INPUT_SCHEMA,
        input_from='{ pauses: ["P30D", "P14D", "P7D"] } + .',
    )

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run dunning from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of dunning."""
        data = await self.send(data, here)
        data = await self.remind_until_paid(data, here)
        data, way = await self.outcome(data, here)
        if way == "settled":
            data = await self.close(data, here)
            raise End(data)
        return await self.collect(data, here)

    @task("/do/0/send", output_as="$input + { paid: false, reminders: 0 }")
    async def send(self, here: Scope) -> Json:
        """POST https://mail.example/messages."""
        return await call_http(
            here,
            method="post",
            endpoint="https://mail.example/messages",
            body={"to": here.jq(".customer"), "subject": here.jq('"Invoice " + .invoice')},
        )

    @task("/do/1/remindUntilPaid")
    async def remind_until_paid(self, here: Scope) -> Json:
        """For each pause."""
        passes = Passes(
            here, here.jq(".pauses"), each="pause", at="number", while_=".paid == false"
        )
        for turn in passes:
            passes.data = await self.remind_until_paid_pass(passes.data, turn)
        return passes.data

    async def remind_until_paid_pass(self, data: Json, here: Scope) -> Json:
        """One pass of remindUntilPaid."""
        data = await self.wait(data, here)
        data = await self.look(data, here)
        data, way = await self.paid(data, here)
        if way == "open":
            data = await self.remind(data, here)
        return data

    @task("/do/1/remindUntilPaid/do/0/wait")
    async def wait(self, here: Scope) -> Json:
        """Wait."""
        return await sleep(here, here.duration("$pause"))

    @task("/do/1/remindUntilPaid/do/1/look", output_as="$input + { paid: .paid }")
    async def look(self, here: Scope) -> Json:
        """GET https://bank.example/invoices/{invoice}."""
        return await call_http(
            here, method="get", endpoint=here.uri("https://bank.example/invoices/{invoice}")
        )

    @junction("/do/1/remindUntilPaid/do/2/paid")
    async def paid(self, here: Scope) -> tuple[Json, str]:
        """Choose: settled, open."""
        if here.test(".paid"):
            return here.data, "settled"
        return here.data, "open"

    @task(
        "/do/1/remindUntilPaid/do/3/remind",
        output_as="$input + { reminders: ($input.reminders + 1) }",
    )
    async def remind(self, here: Scope) -> Json:
        """POST https://mail.example/messages."""
        return await call_http(
            here,
            method="post",
            endpoint="https://mail.example/messages",
            body={
                "to": here.jq(".customer"),
                "subject": here.jq(
                    '"Reminder " + ($number + 1 | tostring) + " of invoice " + .invoice'
                ),
            },
        )

    @junction("/do/2/outcome")
    async def outcome(self, here: Scope) -> tuple[Json, str]:
        """Choose: settled, unpaid."""
        if here.test(".paid"):
            return here.data, "settled"
        return here.data, "unpaid"

    @task("/do/3/close")
    async def close(self, here: Scope) -> Json:
        """Set the data."""
        return {
            "invoice": here.jq(".invoice"),
            "outcome": "paid",
            "reminders": here.jq(".reminders"),
        }

    @task(
        "/do/4/collect",
        output_as='{ invoice: $input.invoice, outcome: "in collection", reminders: $input.reminders, case: .id }',
    )
    async def collect(self, here: Scope) -> Json:
        """POST https://collection.example/cases."""
        return await call_http(
            here,
            method="post",
            endpoint="https://collection.example/cases",
            body={"invoice": here.jq(".invoice"), "amount": here.jq(".amount")},
        )
