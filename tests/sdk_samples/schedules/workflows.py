"""What the schedule starts."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def tidy(room: str) -> str:
    return f"{room} is tidy"


@workflow.defn
class Tidy:
    """Tidies a room."""

    @workflow.run
    async def run(self, room: str) -> str:
        return await workflow.execute_activity(
            tidy, room, start_to_close_timeout=timedelta(seconds=5)
        )
