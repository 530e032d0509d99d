"""The first of several quotes.

Compiled by Everloom from the definition freight.quick-quote@1.0.0.
"""

from everloom.flow import About, Flow, Json, Scope, call_http, race, task
from temporalio import workflow


@workflow.defn(name="freight.quick-quote@1.0.0")
class QuickQuote(Flow):
    """The first of several quotes.

    Asks three carriers at once and takes the first that answers with a price; the others
    are cancelled.
    """

    about = About(namespace="freight", name="quick-quote", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run quick-quote from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of quick-quote."""
        return await self.ask(data, here)

    @task("/do/0/ask", output_as="$input + { carrier: .carrier, price: .price }")
    async def ask(self, here: Scope) -> Json:
        """Race."""
        return await race(here, self.sea, self.rail, self.road)

    @task("/do/0/ask/fork/branches/0/sea")
    async def sea(self, here: Scope) -> Json:
        """GET https://sea.example/quotes."""
        return await call_http(
            here,
            method="get",
            endpoint="https://sea.example/quotes",
            query={"kilos": here.jq(".kilos")},
        )

    @task("/do/0/ask/fork/branches/1/rail")
    async def rail(self, here: Scope) -> Json:
        """GET https://rail.example/quotes."""
        return await call_http(
            here,
            method="get",
            endpoint="https://rail.example/quotes",
            query={"kilos": here.jq(".kilos")},
        )

    @task("/do/0/ask/fork/branches/2/road")
    async def road(self, here: Scope) -> Json:
        """GET https://road.example/quotes."""
        return await call_http(
            here,
            method="get",
            endpoint="https://road.example/quotes",
            query={"kilos": here.jq(".kilos")},
        )
