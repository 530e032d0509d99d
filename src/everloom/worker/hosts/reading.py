"""Reads projects together that many askers want at the same time."""

import asyncio

from everloom.store import Project, ProjectId, ProjectMissing, Store

GATHERED = 0.01
"""Seconds in which askers are gathered."""


class ProjectReader:
    """Reads projects from the store, those of one moment in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: dict[ProjectId, asyncio.Future[Project]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def read(self, id: ProjectId) -> Project:
        """A project as it is now.

        Raises:
            ProjectMissing: There is none.
            StoreUnavailable: The database is away.
        """
        answer = self._asked.get(id)
        if answer is None:
            answer = self._asked[id] = asyncio.get_running_loop().create_future()
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(answer)

    async def _read(self) -> None:
        await asyncio.sleep(GATHERED)
        asked, self._asked = self._asked, {}
        self._reading = None
        try:
            async with self._store.begin() as tx:
                for id, answer in asked.items():
                    try:
                        answer.set_result(await tx.projects.read(id))
                    except ProjectMissing as error:
                        answer.set_exception(error)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            for answer in asked.values():
                if not answer.done():
                    answer.set_exception(error)
        for answer in asked.values():
            answer.exception()  # nobody may wait for it any more
