"""OpenAPI pet store.

Compiled by Everloom from the definition pets.adopt@1.0.0.
"""

from everloom.flow import About, End, Flow, Json, Scope, call_openapi, junction, task
from temporalio import workflow


@workflow.defn(name="pets.adopt@1.0.0")
class Adopt(Flow):
    """OpenAPI pet store.

    Looks for pets with an operation that an OpenAPI document describes, and orders the
    first that fits.
    """

    about = About(namespace="pets", name="adopt", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run adopt from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of adopt."""
        data = await self.available(data, here)
        data, way = await self.any_found(data, here)
        if way == "some":
            data = await self.order(data, here)
            raise End(data)
        return await self.no_pet(data, here)

    @task("/do/0/available", output_as="$input + { found: map(select(.kind == $input.kind)) }")
    async def available(self, here: Scope) -> Json:
        """Call the operation findPetsByStatus."""
        return await call_openapi(
            here,
            document={"endpoint": "https://petstore.example/openapi.json"},
            operationId="findPetsByStatus",
            parameters={"status": "available"},
        )

    @junction("/do/1/anyFound")
    async def any_found(self, here: Scope) -> tuple[Json, str]:
        """Choose: some, none."""
        if here.test("(.found | length) > 0"):
            return here.data, "some"
        return here.data, "none"

    @task("/do/2/order", output_as="{ order: .id, pet: $input.found[0].name }")
    async def order(self, here: Scope) -> Json:
        """Call the operation placeOrder."""
        return await call_openapi(
            here,
            document={"endpoint": "https://petstore.example/openapi.json"},
            operationId="placeOrder",
            parameters={"petId": here.jq(".found[0].id"), "quantity": 1},
        )

    @task("/do/3/noPet")
    async def no_pet(self, here: Scope) -> Json:
        """Set the data."""
        return {"order": None, "pet": None}
