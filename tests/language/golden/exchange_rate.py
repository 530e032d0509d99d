"""Exchange rate with fallbacks.

Compiled by Everloom from the definition finance.exchange-rate@1.0.0.
"""

from datetime import timedelta

from everloom.flow import About, Catch, Caught, Flow, Json, Scope, attempt, call_http, task
from temporalio import workflow


@workflow.defn(name="finance.exchange-rate@1.0.0")
class ExchangeRate(Flow):
    """Exchange rate with fallbacks.

    Asks one bank, then another when the first is slow or down, and at last takes a rate
    that it knows.
    """

    about = About(namespace="finance", name="exchange-rate", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run exchange-rate from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of exchange-rate."""
        data = await self.rate(data, here)
        return await self.convert(data, here)

    @task("/do/0/rate")
    async def rate(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.first, Catch(is_handled=True))
        except Caught as caught:
            return await self.second_try(here.data, caught.here)

    @task(
        "/do/0/rate/try/0/first",
        output_as='$input + { rate: .rate, source: "first bank" }',
        timeout=timedelta(seconds=2),
    )
    async def first(self, here: Scope) -> Json:
        """GET https://first-bank.example/rates/{from}/{to}."""
        return await call_http(
            here, method="get", endpoint=here.uri("https://first-bank.example/rates/{from}/{to}")
        )

    @task("/do/0/rate/catch/do/0/secondTry")
    async def second_try(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.second, Catch(is_handled=True))
        except Caught as caught:
            return await self.known(here.data, caught.here)

    @task(
        "/do/0/rate/catch/do/0/secondTry/try/0/second",
        output_as='$input + { rate: .rate, source: "second bank" }',
        timeout=timedelta(seconds=2),
    )
    async def second(self, here: Scope) -> Json:
        """GET https://second-bank.example/rates/{from}/{to}."""
        return await call_http(
            here, method="get", endpoint=here.uri("https://second-bank.example/rates/{from}/{to}")
        )

    @task("/do/0/rate/catch/do/0/secondTry/catch/do/0/known")
    async def known(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq('. + { rate: 1.1, source: "known" }')

    @task("/do/1/convert")
    async def convert(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq(". + { converted: (.amount * .rate * 100 | round / 100) }")
