"""A trip of several bookings.

Compiled by Everloom from the definition travel.trip@1.0.0.
"""

from everloom.flow import (
    About,
    Catch,
    Caught,
    End,
    Flow,
    Json,
    Passes,
    Scope,
    attempt,
    call_http,
    fork,
    junction,
    run_workflow,
    task,
)
from temporalio import workflow

NO_TRIP_ERROR: dict[str, Json] = {
    "type": "https://travel.example/errors/no-trip",
    "status": 409,
    "title": "The trip cannot be booked",
}


@workflow.defn(name="travel.trip@1.0.0")
class Trip(Flow):
    """A trip of several bookings.

    Books hotel and flight as workflows of their own, side by side; when one cannot be had,
    the other is given back.
    """

    about = About(namespace="travel", name="trip", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run trip from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of trip."""
        data = await self.book(data, here)
        data, way = await self.complete(data, here)
        if way == "all":
            raise End(data)
        data = await self.give_back(data, here)
        return await self.refuse(data, here)

    @task("/do/0/book", output_as="{ city: $input.city, hotel: .[0].id, flight: .[1].id }")
    async def book(self, here: Scope) -> Json:
        """Do side by side."""
        return await fork(here, self.hotel, self.flight)

    @task("/do/0/book/fork/branches/0/hotel")
    async def hotel(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.book_hotel, Catch(is_handled=True))
        except Caught as caught:
            return await self.none(here.data, caught.here)

    @task("/do/0/book/fork/branches/0/hotel/try/0/bookHotel")
    async def book_hotel(self, here: Scope) -> Json:
        """Run the workflow travel.booking."""
        return await run_workflow(
            here, "travel.booking@1.0.0", {"what": "hotel", "city": here.jq(".city")}
        )

    @task("/do/0/book/fork/branches/0/hotel/catch/do/0/none")
    async def none(self, here: Scope) -> Json:
        """Set the data."""
        return {"what": "hotel", "id": None}

    @task("/do/0/book/fork/branches/1/flight")
    async def flight(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.book_flight, Catch(is_handled=True))
        except Caught as caught:
            return await self.none_2(here.data, caught.here)

    @task("/do/0/book/fork/branches/1/flight/try/0/bookFlight")
    async def book_flight(self, here: Scope) -> Json:
        """Run the workflow travel.booking."""
        return await run_workflow(
            here, "travel.booking@1.0.0", {"what": "flight", "city": here.jq(".city")}
        )

    @task("/do/0/book/fork/branches/1/flight/catch/do/0/none")
    async def none_2(self, here: Scope) -> Json:
        """Set the data."""
        return {"what": "flight", "id": None}

    @junction("/do/1/complete")
    async def complete(self, here: Scope) -> tuple[Json, str]:
        """Choose: all, partly."""
        if here.test(".hotel != null and .flight != null"):
            return here.data, "all"
        return here.data, "partly"

    @task("/do/2/giveBack")
    async def give_back(self, here: Scope) -> Json:
        """For each booking."""
        passes = Passes(here, here.jq("[.hotel, .flight] | map(select(. != null))"), each="booking")
        for turn in passes:
            passes.data = await self.cancel(passes.data, turn)
        return passes.data

    @task("/do/2/giveBack/do/0/cancel", output_as="$input")
    async def cancel(self, here: Scope) -> Json:
        """DELETE ${ 'https://travel.example/bookings/' + $booking }."""
        return await call_http(
            here, method="delete", endpoint=here.jq('"https://travel.example/bookings/" + $booking')
        )

    @task("/do/3/refuse")
    async def refuse(self, here: Scope) -> Json:
        """Raise noTrip."""
        raise here.fault(**NO_TRIP_ERROR)
