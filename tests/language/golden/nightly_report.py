"""Nightly report with a script.

Compiled by Everloom from the definition sales.nightly-report@1.0.0.
"""

from everloom.flow import About, Flow, Json, Scope, call_http, run_script, task
from temporalio import workflow

WRITE_SCRIPT = "\n".join(
    [
        "import json",
        "import statistics",
        "import sys",
        "",
        "sales = json.load(sys.stdin)",
        'amounts = [sale["amount"] for sale in sales]',
        'print(f"Sales of {sys.argv[1]}")',
        'print(f"{len(sales)} orders, {sum(amounts)} euro, median {statistics.median(amounts)}")',
        "",
    ]
)


@workflow.defn(name="sales.nightly-report@1.0.0")
class NightlyReport(Flow):
    """Nightly report with a script.

    Fetches the day's sales, lets a Python script write the report, and mails it.
    """

    about = About(namespace="sales", name="nightly-report", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run nightly-report from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of nightly-report."""
        data = await self.sales(data, here)
        data = await self.write(data, here)
        return await self.send(data, here)

    @task("/do/0/sales", output_as="$input + { sales: . }")
    async def sales(self, here: Scope) -> Json:
        """GET https://shop.example/sales."""
        return await call_http(
            here,
            method="get",
            endpoint="https://shop.example/sales",
            query={"day": here.jq(".day")},
        )

    @task("/do/1/write", output_as="$input + { report: . }")
    async def write(self, here: Scope) -> Json:
        """Run a script in python."""
        return await run_script(
            here,
            language="python",
            stdin=here.jq(".sales | tojson"),
            arguments=[here.jq(".day")],
            code=WRITE_SCRIPT,
        )

    @task("/do/2/send", output_as="{ report: $input.report, message: .id }")
    async def send(self, here: Scope) -> Json:
        """POST https://mail.example/messages."""
        return await call_http(
            here,
            method="post",
            endpoint="https://mail.example/messages",
            body={
                "to": here.jq(".to"),
                "subject": here.jq('"Sales of " + .day'),
                "text": here.jq(".report"),
            },
        )
