"""Workflows for the tests of this room: plain SDK ones, so that nothing else is tested."""

from datetime import timedelta

from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError


class Parcel(BaseModel):
    """Something that only the pydantic converter brings back as what it was."""

    to: str
    weight: timedelta = timedelta(0)


@workflow.defn(name="sample.counter")
class Counter:
    """Counts until it is told to finish, or to fail."""

    def __init__(self) -> None:
        self._total = 0
        self._end = ""

    @workflow.run
    async def run(self, start: int) -> int:
        """Count."""
        self._total += start
        await workflow.wait_condition(lambda: self._end != "")
        if self._end == "fail":
            raise ApplicationError("The counter broke", type="counter-broken")
        return self._total

    @workflow.signal
    def end(self, how: str) -> None:
        """Finish (`well`) or `fail`."""
        self._end = how

    @workflow.query
    def total(self) -> int:
        """What was counted."""
        return self._total

    @workflow.query
    def broken(self) -> int:
        """A query that fails."""
        raise ValueError("nothing to see")

    @workflow.update
    async def add(self, number: int) -> int:
        """Count on."""
        if number < 0:
            raise ApplicationError("Only upwards", type="negative")
        self._total += number
        return self._total


@activity.defn(name="sample.always-fails")
async def always_fails(parcel: Parcel) -> None:
    """Fail."""
    raise ApplicationError(f"No way to {parcel.to}", type="no-way")


@workflow.defn(name="sample.sender")
class Sender:
    """Sends a parcel back, or waits for an activity that fails again and again."""

    @workflow.run
    async def run(self, parcel: Parcel) -> Parcel:
        """Send."""
        if parcel.to == "nowhere":
            await workflow.execute_activity(
                always_fails,
                parcel,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=RetryPolicy(initial_interval=timedelta(hours=1), maximum_attempts=7),
            )
        return parcel
