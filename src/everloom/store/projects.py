"""Projects."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import delete, select, update
from typing_extensions import Unpack

from .errors import ProjectExists, ProjectMissing, ProjectQueueTaken
from .rows import AutomaticRollback, Limits, Project, ProjectId, User
from .statements import Statements
from .tables import projects, users
from .values import new_id, now

_WHOLE = select(projects, users.c.name.label("owner")).join(users)


class ProjectChanges(TypedDict, total=False):
    """What may change of a project."""

    title: str
    description: str
    limits: Limits
    rollback: AutomaticRollback | None
    priority: int
    reconciled_at: datetime | None


class Projects:
    """The projects of everybody."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def create(
        self,
        owner: User,
        name: str,
        *,
        queue: str,
        title: str = "",
        description: str = "",
        limits: Limits = Limits(),  # noqa: B008 - frozen
        rollback: AutomaticRollback | None = None,
        priority: int = 3,
    ) -> Project:
        """Make a project.

        Raises:
            ProjectExists: The owner has one of that name.
            ProjectQueueTaken: Another project has that queue.
        """
        made = Project(
            id=ProjectId(new_id()),
            owner_id=owner.id,
            owner=owner.name,
            name=name,
            queue=queue,
            title=title,
            description=description,
            limits=limits,
            rollback=rollback,
            priority=priority,
            created_at=now(),
        )
        values = {key: value for key, value in asdict(made).items() if key != "owner"}
        added = self._statements.insert(projects).values(values).on_conflict_do_nothing()
        if not await self._statements.write(added):
            if await self.find(owner.name, name) is not None:
                raise ProjectExists(owner.name, name)
            taken = await self.find_by_queue(queue)
            raise ProjectQueueTaken(queue, f"{taken.owner}/{taken.name}" if taken else "?")
        return made

    async def find(self, owner_name: str, name: str) -> Project | None:
        """The project of an owner and a name."""
        return await self._first(users.c.name == owner_name, projects.c.name == name)

    async def find_by_queue(self, queue: str) -> Project | None:
        """The project that has a queue."""
        return await self._first(projects.c.queue == queue)

    async def read(self, id: ProjectId) -> Project:
        """The project of an id.

        Raises:
            ProjectMissing: There is none.
        """
        found = await self._first(projects.c.id == id)
        if found is None:
            raise ProjectMissing(id)
        return found

    async def list(self, owner: str | None = None) -> list[Project]:
        """The projects of an owner, or all, by owner and name."""
        question = _WHOLE if owner is None else _WHOLE.where(users.c.name == owner)
        rows = await self._statements.all(question.order_by(users.c.name, projects.c.name))
        return [_project(row) for row in rows]

    async def update(self, id: ProjectId, **changes: Unpack[ProjectChanges]) -> Project:
        """Change a project; the project as it is now.

        Raises:
            ProjectMissing: There is none of that id.
        """
        values: dict[str, object] = {**changes}
        if "limits" in changes:
            values["limits"] = asdict(changes["limits"])
        if "rollback" in changes:
            rollback = changes["rollback"]
            values["rollback"] = None if rollback is None else asdict(rollback)
        if values:
            changed = update(projects).where(projects.c.id == id).values(values)
            await self._statements.write(changed)
        return await self.read(id)

    async def delete(self, id: ProjectId) -> None:
        """Delete a project with all that belongs to it; events and the audit log stay.

        Raises:
            ProjectMissing: There is none of that id.
        """
        if not await self._statements.write(delete(projects).where(projects.c.id == id)):
            raise ProjectMissing(id)

    async def _first(self, *conditions: Any) -> Project | None:
        row = await self._statements.first(_WHOLE.where(*conditions))
        return None if row is None else _project(row)


def _project(row: Mapping[Any, Any]) -> Project:
    rollback = row["rollback"]
    values: dict[str, Any] = {
        **row,
        "limits": Limits(**row["limits"]),
        "rollback": None if rollback is None else AutomaticRollback(**rollback),
    }
    return Project(**values)
