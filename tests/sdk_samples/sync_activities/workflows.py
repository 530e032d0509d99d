"""Two at once."""

import asyncio
from datetime import timedelta

from temporalio import workflow

from .activities import meet


@workflow.defn
class Meet:
    """Lets two meet."""

    @workflow.run
    async def run(self, names: list[str]) -> list[str]:
        both = [
            workflow.execute_activity(meet, each, start_to_close_timeout=timedelta(seconds=25))
            for each in names
        ]
        return list(await asyncio.gather(*both))
