"""Hosts: the processes that carry project workers."""

from datetime import datetime

from sqlalchemy import delete, select

from .rows import Host
from .statements import Statements
from .tables import hosts
from .values import columns_of, replaced


class Hosts:
    """All hosts that were heard of lately."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def set(self, host: Host) -> None:
        """Keep how a host is, in the place of how it was."""
        added = self._statements.insert(hosts).values(columns_of(host))
        await self._statements.write(replaced(added, hosts))

    async def find(self, name: str) -> Host | None:
        """The host of a name."""
        row = await self._statements.first(select(hosts).where(hosts.c.name == name))
        return None if row is None else Host(**row)

    async def delete(self, name: str) -> None:
        """Forget a host; nothing happens when there is none of that name."""
        await self._statements.write(delete(hosts).where(hosts.c.name == name))

    async def delete_silent(self, before: datetime) -> list[Host]:
        """Forget the hosts that have been silent since before a time; which they were."""
        silent = delete(hosts).where(hosts.c.last_heartbeat_at < before).returning(hosts)
        return [Host(**row) for row in await self._statements.write_returning(silent)]

    async def list(self) -> list[Host]:
        """All hosts, by name."""
        return [Host(**row) for row in await self._statements.all(select(hosts).order_by("name"))]
