"""An API behind OAuth 2.

Compiled by Everloom from the definition crm.sync-customer@1.0.0.
"""

from everloom.flow import About, Flow, Json, Scope, call_http, task
from temporalio import workflow


@workflow.defn(name="crm.sync-customer@1.0.0")
class SyncCustomer(Flow):
    """An API behind OAuth 2.

    Gets a token with client credentials from a secret, and updates a customer with it.
    Neither reaches the history.
    """

    about = About(namespace="crm", name="sync-customer", version="1.0.0", secrets=("crm",))

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run sync-customer from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of sync-customer."""
        return await self.update_2(data, here)

    @task("/do/0/update")
    async def update_2(self, here: Scope) -> Json:
        """PUT https://crm.example/customers/{customer}."""
        return await call_http(
            here,
            method="put",
            endpoint={
                "uri": here.uri("https://crm.example/customers/{customer}"),
                "authentication": {
                    "oauth2": {
                        "authority": "https://login.example",
                        "endpoints": {"token": "/oauth2/token"},
                        "grant": "client_credentials",
                        "client": {
                            "id": here.later("$secrets.crm.id"),
                            "secret": here.later("$secrets.crm.secret"),
                        },
                        "scopes": ["customers"],
                    },
                },
            },
            body={"city": here.jq(".city")},
        )
