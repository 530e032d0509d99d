"""Event-driven onboarding.

Compiled by Everloom from the definition people.onboarding@1.0.0.
"""

from everloom.flow import (
    About,
    Correlation,
    Events,
    Flow,
    Jq,
    Json,
    Scope,
    emit,
    listen,
    task,
    wanted,
)
from temporalio import workflow


@workflow.defn(name="people.onboarding@1.0.0")
class Onboarding(Flow):
    """Event-driven onboarding.

    Waits until a new user has confirmed the address and filled in the profile, in any
    order, then says so to all who listen.
    """

    about = About(namespace="people", name="onboarding", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run onboarding from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of onboarding."""
        data = await self.invite(data, here)
        data = await self.both_done(data, here)
        return await self.welcome(data, here)

    @task("/do/0/invite", output_as="$input")
    async def invite(self, here: Scope) -> Json:
        """Emit com.people.user.invited."""
        return await emit(
            here,
            {
                "source": "https://people.example/onboarding",
                "type": "com.people.user.invited",
                "subject": here.jq(".user"),
                "data": {"user": here.jq(".user")},
            },
        )

    @task(
        "/do/1/bothDone",
        output_as='$input + {\n  address: (map(select(.type | endswith("confirmed")) | .data.address) | first),\n  team: (map(select(.type | endswith("completed")) | .data.team) | first)\n}',
    )
    async def both_done(self, here: Scope) -> Json:
        """Wait for events."""
        return await listen(
            here,
            Events(
                all=(
                    wanted(
                        {"user": Correlation(from_=".subject", expect=Jq(".user"))},
                        type="com.people.address.confirmed",
                    ),
                    wanted(
                        {"user": Correlation(from_=".subject", expect=Jq(".user"))},
                        type="com.people.profile.completed",
                    ),
                )
            ),
            read="envelope",
        )

    @task("/do/2/welcome", output_as="$input")
    async def welcome(self, here: Scope) -> Json:
        """Emit com.people.user.welcomed."""
        return await emit(
            here,
            {
                "source": "https://people.example/onboarding",
                "type": "com.people.user.welcomed",
                "subject": here.jq(".user"),
                "data": {"user": here.jq(".user"), "team": here.jq(".team")},
            },
        )
