"""A host says that it lives: one statement for itself and all its workers, and one for the dead.

Only what is shown depends on it. That projects of a lost host come back elsewhere is Temporal's
business, and quicker.
"""

import asyncio
import os
import socket
import time
from datetime import UTC, datetime, timedelta

import psutil

from everloom.control.projects import EVENTS
from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.store import Host, WorkerStatus

from .carrying import Carrier
from .memory import give_back

CALM = timedelta(seconds=2)
"""How long no project begins before a burst is over."""

log = get_logger("everloom.hosts")


class Heartbeats:
    """The heartbeats of one host, from its first to its last."""

    def __init__(self, carrier: Carrier, *, slots: int) -> None:
        self._carrier = carrier
        self._slots = slots
        self._process = psutil.Process()
        self._started_at = datetime.now(UTC)
        self._used = (time.monotonic(), self._cpu())

    async def beat(self) -> None:
        """Write one; a store that is away is told, and waited out."""
        means, hosts, now = (
            self._carrier.means,
            self._carrier.means.settings.hosts,
            datetime.now(UTC),
        )
        try:
            async with means.store.begin() as tx:
                await tx.workers.beat(self._row(now), self._carrier.beats(), now)
                dead = await tx.workers.mark_dead(now - hosts.dead_after, now)
                await tx.hosts.delete_silent(now - hosts.dead_after)
                for each in dead:
                    await tx.events.add(
                        f"{EVENTS}worker.{WorkerStatus.DEAD.value}",
                        str(each.project_id),
                        {"host": each.host},
                        project_id=each.project_id,
                        at=now,
                    )
        except EverloomError as error:
            log.warning("heartbeat not written", host=means.host, reason=error.message)

    async def run(self) -> None:
        """Beat every `hosts.heartbeat`."""
        every = self._carrier.means.settings.hosts.heartbeat.total_seconds()
        while True:
            await asyncio.sleep(every)
            await self.beat()

    async def tidy(self) -> None:
        """Give memory back once a burst of projects that begin is over."""
        tidied = before = 0
        while True:
            await asyncio.sleep(CALM.total_seconds())
            now = len(self._carrier)
            if now == before != tidied:
                give_back()
                tidied = now
            before = now

    async def end(self) -> None:
        """Let nobody take us for lost: we go on purpose."""
        means = self._carrier.means
        try:
            async with means.store.begin() as tx:
                await tx.hosts.delete(means.host)
        except EverloomError as error:
            log.warning("host not signed off", host=means.host, reason=error.message)

    def _row(self, now: datetime) -> Host:
        before, used = self._used
        self._used = (time.monotonic(), self._cpu())
        passed = max(self._used[0] - before, 0.001)
        return Host(
            name=self._carrier.means.host,
            pid=os.getpid(),
            machine=socket.gethostname(),
            slots=self._slots,
            projects=len(self._carrier),
            is_draining=self._carrier.is_draining,
            memory_bytes=self._process.memory_info().rss,
            cpu_share=round((self._used[1] - used) / passed, 4),
            started_at=self._started_at,
            last_heartbeat_at=now,
        )

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system
