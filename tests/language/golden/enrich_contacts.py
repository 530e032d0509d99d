"""Enrichment of many contacts.

Compiled by Everloom from the definition crm.enrich-contacts@1.0.0.
"""

from everloom.flow import (
    About,
    Catch,
    Caught,
    Flow,
    Json,
    Passes,
    Schema,
    Scope,
    attempt,
    call_http,
    task,
)
from temporalio import workflow

WORKFLOW_INPUT_SCHEMA = Schema(
    {
        "type": "object",
        "required": ["contacts"],
        "properties": {
            "contacts": {
                "type": "array",
                "items": {"type": "object", "required": ["name", "domain"]},
            },
        },
    }
)


@workflow.defn(name="crm.enrich-contacts@1.0.0")
class EnrichContacts(Flow):
    """Enrichment of many contacts.

    Looks each contact's company up; a company that is not known is noted and holds up no
    other.
    """

    about = About(
        namespace="crm",
        name="enrich-contacts",
        version="1.0.0",
        input_schema=WORKFLOW_INPUT_SCHEMA,
        input_from=". + { enriched: [], unknown: [] }",
        output_as="{ enriched, unknown }",
    )

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run enrich-contacts from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of enrich-contacts."""
        return await self.each_contact(data, here)

    @task("/do/0/eachContact")
    async def each_contact(self, here: Scope) -> Json:
        """For each contact."""
        passes = Passes(here, here.jq(".contacts"), each="contact")
        for turn in passes:
            passes.data = await self.company(passes.data, turn)
        return passes.data

    @task("/do/0/eachContact/do/0/company")
    async def company(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.look_up, Catch(filter={"status": 404}, is_handled=True))
        except Caught as caught:
            return await self.note(here.data, caught.here)

    @task(
        "/do/0/eachContact/do/0/company/try/0/lookUp",
        output_as="$input + { enriched: ($input.enriched + [$contact + { company: .name, size: .employees }]) }",
    )
    async def look_up(self, here: Scope) -> Json:
        """GET ${ 'https://companies.example/domains/' + ($contact.domain | @uri) }."""
        return await call_http(
            here,
            method="get",
            endpoint=here.jq('"https://companies.example/domains/" + ($contact.domain | @uri)'),
        )

    @task("/do/0/eachContact/do/0/company/catch/do/0/note")
    async def note(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq(". + { unknown: (.unknown + [$contact.name]) }")
