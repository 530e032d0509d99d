"""Definitions and their drafts."""

from typing import Any

from sqlalchemy import delete, select, update

from .errors import DefinitionExists, DraftChanged, RowMissing
from .rows import Definition, DefinitionId, ProjectId
from .statements import Statements
from .tables import workflow_definitions as table
from .values import columns_of, new_id, now


class Definitions:
    """The definitions of all projects."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def create(  # noqa: PLR0917 - as it reads: where, what, by whom
        self, project_id: ProjectId, namespace: str, name: str, text: str, by: str
    ) -> Definition:
        """Make a definition with its first draft, which is revision 1.

        Raises:
            DefinitionExists: The project has one of that name.
            RowMissing: There is no such project.
        """
        at = now()
        made = Definition(
            id=DefinitionId(new_id()),
            project_id=project_id,
            namespace=namespace,
            name=name,
            draft=text,
            revision=1,
            draft_by=by,
            draft_at=at,
            created_at=at,
        )
        added = self._statements.insert(table).values(columns_of(made)).on_conflict_do_nothing()
        if not await self._statements.write(added):
            raise DefinitionExists(made.full_name)
        return made

    async def find(self, project_id: ProjectId, full_name: str) -> Definition | None:
        """The definition of a project that is called `namespace.name`."""
        namespace, _, name = full_name.rpartition(".")
        return await self._first(
            table.c.project_id == project_id, table.c.namespace == namespace, table.c.name == name
        )

    async def read(self, id: DefinitionId) -> Definition:
        """The definition of an id.

        Raises:
            RowMissing: There is none.
        """
        found = await self._first(table.c.id == id)
        if found is None:
            raise RowMissing("definition", id)
        return found

    async def list(self, project_id: ProjectId) -> list[Definition]:
        """The definitions of a project, by name."""
        question = select(table).where(table.c.project_id == project_id)
        rows = await self._statements.all(question.order_by("namespace", "name"))
        return [Definition(**row) for row in rows]

    async def save(self, id: DefinitionId, text: str, *, revision: int, by: str) -> Definition:
        """Put another draft in the place of the one that its writer began with.

        Args:
            id: Of the definition.
            text: The draft.
            revision: Of the draft that its writer began with.
            by: Who wrote it.

        Raises:
            DraftChanged: Somebody else has saved one meanwhile.
            RowMissing: There is no such definition.
        """
        saved = (
            update(table)
            .where(table.c.id == id, table.c.revision == revision)
            .values(draft=text, revision=revision + 1, draft_by=by, draft_at=now())
            .returning(table)
        )
        rows = await self._statements.write_returning(saved)
        if not rows:
            raise DraftChanged(await self.read(id), revision)
        return Definition(**rows[0])

    async def delete(self, id: DefinitionId) -> None:
        """Delete a definition with its versions.

        Raises:
            RowMissing: There is no such definition.
        """
        if not await self._statements.write(delete(table).where(table.c.id == id)):
            raise RowMissing("definition", id)

    async def _first(self, *conditions: Any) -> Definition | None:
        row = await self._statements.first(select(table).where(*conditions))
        return None if row is None else Definition(**row)
