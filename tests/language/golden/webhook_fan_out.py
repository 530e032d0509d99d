"""One webhook for many receivers.

Compiled by Everloom from the definition hooks.fan-out@1.0.0.
"""

from datetime import timedelta

from everloom.flow import (
    About,
    Catch,
    Caught,
    Flow,
    Json,
    Retry,
    Scope,
    attempt,
    call_http,
    fork,
    task,
)
from temporalio import workflow

PATIENT_RETRY = Retry(delay=timedelta(milliseconds=100), backoff="exponential", count=3)


@workflow.defn(name="hooks.fan-out@1.0.0")
class FanOut(Flow):
    """One webhook for many receivers.

    Hands a received webhook to three systems side by side. One that is down holds up no
    other, and is reported.
    """

    about = About(
        namespace="hooks",
        name="fan-out",
        version="1.0.0",
        output_as="{ delivered: map(select(.delivered) | .to), failed: map(select(.delivered | not) | { to, status }) }",
    )

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run fan-out from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of fan-out."""
        return await self.deliver(data, here)

    @task("/do/0/deliver")
    async def deliver(self, here: Scope) -> Json:
        """Do side by side."""
        return await fork(here, self.billing, self.crm, self.search)

    @task("/do/0/deliver/fork/branches/0/billing")
    async def billing(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(
                here, self.post, Catch(as_="problem", retry=PATIENT_RETRY, is_handled=True)
            )
        except Caught as caught:
            return await self.note(here.data, caught.here)

    @task(
        "/do/0/deliver/fork/branches/0/billing/try/0/post",
        output_as='{ to: "billing", delivered: true }',
    )
    async def post(self, here: Scope) -> Json:
        """POST https://billing.example/hooks."""
        return await call_http(
            here, method="post", endpoint="https://billing.example/hooks", body=here.data
        )

    @task("/do/0/deliver/fork/branches/0/billing/catch/do/0/note")
    async def note(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq('{ to: "billing", delivered: false, status: $problem.status }')

    @task("/do/0/deliver/fork/branches/1/crm")
    async def crm(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(
                here, self.post_2, Catch(as_="problem", retry=PATIENT_RETRY, is_handled=True)
            )
        except Caught as caught:
            return await self.note_2(here.data, caught.here)

    @task(
        "/do/0/deliver/fork/branches/1/crm/try/0/post", output_as='{ to: "crm", delivered: true }'
    )
    async def post_2(self, here: Scope) -> Json:
        """POST https://crm.example/hooks."""
        return await call_http(
            here, method="post", endpoint="https://crm.example/hooks", body=here.data
        )

    @task("/do/0/deliver/fork/branches/1/crm/catch/do/0/note")
    async def note_2(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq('{ to: "crm", delivered: false, status: $problem.status }')

    @task("/do/0/deliver/fork/branches/2/search")
    async def search(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(
                here, self.post_3, Catch(as_="problem", retry=PATIENT_RETRY, is_handled=True)
            )
        except Caught as caught:
            return await self.note_3(here.data, caught.here)

    @task(
        "/do/0/deliver/fork/branches/2/search/try/0/post",
        output_as='{ to: "search", delivered: true }',
    )
    async def post_3(self, here: Scope) -> Json:
        """POST https://search.example/hooks."""
        return await call_http(
            here, method="post", endpoint="https://search.example/hooks", body=here.data
        )

    @task("/do/0/deliver/fork/branches/2/search/catch/do/0/note")
    async def note_3(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq('{ to: "search", delivered: false, status: $problem.status }')
