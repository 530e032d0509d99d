"""The project workers of one process: taken, handed from one asker to the next, let go.

A worker and who asked for it are two things. When Temporal loses sight of us for a while and then asks
again, the worker that is there goes on; it ends when nobody wants it any more.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity

from everloom.control.placement import ORDER, Action, OrderProject, ServeProject
from everloom.core import Conflict, EverloomError, Unavailable
from everloom.store import Beat, Project, ProjectId
from everloom.worker.projects import HostMeans
from everloom.worker.projects import ProjectWorker as Served

from .placement import ELSEWHERE
from .reading import ProjectReader

KEPT_FOR = timedelta(seconds=15)
"""How long a worker that is to go on waits for who asks for it next."""

STOPS_AT_ONCE = 32
"""Workers that are stopped side by side; each tells Temporal."""

STARTS_AT_ONCE = 32

_LOOK = 0.01


class ProjectElsewhere(Conflict):
    """A host cannot carry a project just now, through no fault of the project."""

    code = ELSEWHERE


class WorkerLost(Unavailable):
    """The worker of a project has ended by itself."""

    code = "project-worker-lost"


class Carried:
    """One project on this host, and who wants it there."""

    def __init__(self, served: Served, running: asyncio.Task[None]) -> None:
        self.served = served
        self.running = running
        """Done when the worker has ended, however that came about."""

        self.since = datetime.now(UTC)
        self.number = 0
        """Which time of carrying this is."""

        self.changed = asyncio.Event()
        """Somebody else wants it, or something is to be done."""

        self.action: Action | None = None
        self.is_leaving = False

    @property
    def project(self) -> Project:
        """Which project."""
        return self.served.project


class ProjectOrders:
    """Hears what the placement of one project says, on the project's own queue."""

    def __init__(self, carrier: "Carrier", queue: str) -> None:
        self._carrier = carrier
        self._queue = queue

    @activity.defn(name=ORDER)
    async def order(self, order: OrderProject) -> bool:
        """Do something with the project; whether it was done, or is being done."""
        carried = self._carrier.find(self._queue, order.number)
        if carried is None:
            return False
        if order.action == "drop-runs":
            return await carried.served.drop_runs()
        carried.action = order.action
        carried.changed.set()
        return True


class Carrier:
    """All projects on this host."""

    def __init__(self, means: HostMeans, *, slots: int) -> None:
        self._means = means
        self._slots = slots
        self._projects = ProjectReader(means.store)
        self._carried: dict[str, Carried] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._stops = asyncio.Semaphore(STOPS_AT_ONCE)
        self._starts = asyncio.Semaphore(STARTS_AT_ONCE)
        self._taking: dict[str, asyncio.Lock] = {}
        self.draining = asyncio.Event()
        """The host is about to end."""

        means.temporal.on_new_client(self._use_client)

    def __len__(self) -> int:
        return len(self._carried)

    @property
    def is_draining(self) -> bool:
        """Whether the host is about to end."""
        return self.draining.is_set()

    @property
    def means(self) -> HostMeans:
        """What all projects share."""
        return self._means

    async def take(self, order: ServeProject) -> Carried:
        """Carry a project for who asks, be it here already or not.

        Raises:
            ProjectElsewhere: There is no room, or the host is about to end.
            ProjectMissing, StoreUnavailable: It cannot be read.
            WorkerCodeInvalid: The SDK refuses what is to be served.
            WorkerLost: It ended as soon as it began.
        """
        lock = self._taking.setdefault(order.queue, asyncio.Lock())
        async with lock:
            leaving = self._leaving.get(order.queue)
            if leaving is not None:
                await asyncio.wait([leaving])
            if self.is_draining:
                raise ProjectElsewhere("The host is about to end.")
            carried = self._carried.get(order.queue)
            if carried is None or carried.running.done():
                carried = await self._begin(order)
            carried.number = order.number
            carried.action = None
            carried.changed.set()
            carried.changed = asyncio.Event()
            return carried

    def find(self, queue: str, number: int) -> Carried | None:
        """A project that is carried for an asker; None when it is not."""
        carried = self._carried.get(queue)
        return carried if carried is not None and carried.number == number else None

    def let_go(self, carried: Carried) -> asyncio.Task[None]:
        """Stop a worker; the task is done when its last activity has ended."""
        queue = carried.project.queue
        leaving = self._leaving.get(queue)
        if leaving is not None:
            return leaving
        carried.is_leaving = True
        if self._carried.get(queue) is carried:
            del self._carried[queue]
        leaving = asyncio.create_task(self._stop(carried))
        self._leaving[queue] = leaving
        leaving.add_done_callback(lambda _: self._leaving.pop(queue, None))
        return leaving

    def keep(self, carried: Carried) -> None:
        """Let a worker go on for a while without anybody who wants it."""
        number = carried.number

        def unless_taken() -> None:
            if carried.number == number and not carried.is_leaving:
                self.let_go(carried)

        asyncio.get_running_loop().call_later(KEPT_FOR.total_seconds(), unless_taken)

    def projects(self) -> list[Project]:
        """What is carried now."""
        return [each.project for each in self._carried.values()]

    def numbers(self) -> dict[str, int]:
        """Queues of what is carried, and which time of carrying each is."""
        return {queue: each.number for queue, each in self._carried.items()}

    def carries(self, project: Project) -> bool:
        """Whether a project is carried now."""
        return project.queue in self._carried

    def beats(self) -> dict[ProjectId, Beat]:
        """What each worker has loaded and cannot load."""
        return {
            each.project.id: (each.served.shelf.versions, each.served.shelf.errors)
            for each in self._carried.values()
        }

    async def end(self) -> None:
        """Let go of everything, and return when the last activity has ended."""
        self.draining.set()
        for carried in list(self._carried.values()):
            carried.changed.set()
            self.let_go(carried)
        if self._leaving:
            await asyncio.wait(list(self._leaving.values()))

    async def _begin(self, order: ServeProject) -> Carried:
        if len(self._carried) >= self._slots:
            raise ProjectElsewhere(f"The host carries {len(self._carried)} projects already.")
        async with self._starts:
            means = self._means
            project = await self._projects.read(ProjectId(order.project_id))
            client = await means.temporal.get_client()
            orders = ProjectOrders(self, project.queue)
            served = Served(means, project, client, orders=[orders.order])
            running = asyncio.create_task(served.run(), name=f"project {project.queue}")
            while not served.is_polling and not running.done():  # noqa: ASYNC110 - the SDK tells nobody that a worker began
                await asyncio.sleep(_LOOK)
        carried = Carried(served, running)
        running.add_done_callback(lambda _: carried.changed.set())
        if running.done():
            raise lost(carried)
        self._carried[order.queue] = carried
        return carried

    async def _stop(self, carried: Carried) -> None:
        async with self._stops:
            if not carried.running.done():
                await carried.served.stop()
        with suppress(Exception):
            await carried.running

    def _use_client(self, client: Any) -> None:
        for carried in self._carried.values():
            carried.served.use_client(client)


def lost(carried: Carried) -> EverloomError:
    """Why a worker has ended by itself."""
    error = None if carried.running.cancelled() else carried.running.exception()
    if isinstance(error, EverloomError):
        return error
    said = "It ended." if error is None else f"{type(error).__name__}: {error}"
    return WorkerLost(f"The worker of the project was lost: {said}", hint="The log has the trace.")
