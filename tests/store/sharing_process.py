"""A process of a test that shares a SQLite store with another: adds events and makes users."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from everloom.settings import Settings
from everloom.store import open_store


async def main(folder: str, name: str, count: int) -> None:
    """Write so many transactions, each of which reads first."""
    async with open_store(Settings(folder=Path(folder))) as store:
        for number in range(count):
            async with store.begin() as tx:
                await tx.events.last_position()
                await tx.users.ensure(f"{name}-{number}")
                await tx.events.add("thing.done", f"{name}-{number}", {}, at=datetime.now(UTC))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
