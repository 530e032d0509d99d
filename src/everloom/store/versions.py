"""Published versions: their compiled code, which is active, which is fixed by which, and pins."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, literal, select, update

from .columns import JSON_TEXT, Words
from .errors import RowMissing, VersionExists
from .rows import CompiledCode, DefinitionId, Pin, ProjectId, VersionId
from .statements import Statements
from .tables import run_pins, workflow_definitions
from .tables import workflow_compiled_code as table
from .values import columns_of, replaced

_LARGE = {"definition": literal("", Words()), "source": literal("", Words())}
_LIGHT = [
    *(column for column in table.c if column.name not in {*_LARGE, "files"}),
    *(value.label(name) for name, value in _LARGE.items()),
    literal({}, JSON_TEXT).label("files"),
]
"""All columns but the texts, in whose place there is nothing."""


class Versions:
    """The versions of all definitions."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def store(self, code: CompiledCode) -> CompiledCode:
        """Keep a version, which nothing changes afterwards but who is active and fixed by whom.

        Raises:
            VersionExists: The definition has a version of that number.
            RowMissing: There is no such definition, or no version that it would fix.
        """
        added = self._statements.insert(table).values(columns_of(code)).on_conflict_do_nothing()
        if not await self._statements.write(added):
            found = await self.find_type(code.project_id, code.type_name)
            if found is None:
                raise RowMissing("version", code.id)
            raise VersionExists(found)
        return code

    async def get(
        self, project_id: ProjectId, full_name: str, version: str | None = None
    ) -> CompiledCode | None:
        """A version of a definition, or its active one."""
        namespace, _, name = full_name.rpartition(".")
        return await self._first(
            table.c.definition_id == workflow_definitions.c.id,
            workflow_definitions.c.project_id == project_id,
            workflow_definitions.c.namespace == namespace,
            workflow_definitions.c.name == name,
            table.c.active if version is None else table.c.version == version,
        )

    async def read(self, id: VersionId) -> CompiledCode:
        """The version of an id.

        Raises:
            RowMissing: There is none.
        """
        found = await self._first(table.c.id == id)
        if found is None:
            raise RowMissing("version", id)
        return found

    async def find_type(self, project_id: ProjectId, type_name: str) -> CompiledCode | None:
        """The version of a project that is a workflow type."""
        return await self._first(table.c.project_id == project_id, table.c.type_name == type_name)

    async def load_for_project(self, project_id: ProjectId) -> list[CompiledCode]:
        """All versions of a project that its worker serves: active, or not retired."""
        question = select(table).where(
            table.c.project_id == project_id, table.c.active | table.c.retired_at.is_(None)
        )
        rows = await self._statements.all(question.order_by("type_name"))
        return [_code(row) for row in rows]

    async def list_versions(
        self, definition_id: DefinitionId, *, whole: bool = True
    ) -> list[CompiledCode]:
        """The versions of a definition, newest first.

        Args:
            definition_id: Of which definition.
            whole: With definition, source and files; else those are empty.
        """
        question = select(table) if whole else select(*_LIGHT)
        question = question.where(table.c.definition_id == definition_id)
        question = question.order_by(table.c.created_at.desc(), table.c.id.desc())
        return [_code(row) for row in await self._statements.all(question)]

    async def activate(self, version_id: VersionId, at: datetime) -> CompiledCode | None:
        """Make a version the active one of its definition; the one that was.

        Runs that begin from now on have the code of that version, though it was fixed. Activating the
        active one again changes nothing else.

        Raises:
            RowMissing: There is no such version.
        """
        definition_id = (await self._lock(version_id))["definition_id"]
        followed = (table.c.fixed_by.is_not(None), table.c.own_from.is_(None))
        await self._change(version_id, *followed, own_from=at)
        before = await self._first(table.c.definition_id == definition_id, table.c.active)
        if before is not None and before.id == version_id:
            return before
        await self.deactivate(definition_id)
        await self._change(version_id, active=True, activated_at=at, retired_at=None)
        return before

    async def deactivate(self, definition_id: DefinitionId) -> None:
        """Leave a definition without an active version."""
        active = update(table).where(table.c.definition_id == definition_id, table.c.active)
        await self._statements.write(active.values(active=False))

    async def retire(self, version_id: VersionId, at: datetime) -> None:
        """Note that nothing runs on a version any more; an active one is not retired.

        Raises:
            RowMissing: There is no such version.
        """
        await self._lock(version_id)
        await self._change(version_id, ~table.c.active, retired_at=at)

    async def unretire(self, version_id: VersionId) -> None:
        """Let a version be served again.

        Raises:
            RowMissing: There is no such version.
        """
        await self._lock(version_id)
        await self._change(version_id, retired_at=None)

    async def set_fix(self, version_id: VersionId, fixed_by: VersionId | None) -> None:
        """Let runs of a version go on with the code of another one, or with its own again.

        Raises:
            RowMissing: There is no such version.
        """
        await self._lock(version_id)
        await self._change(version_id, fixed_by=fixed_by)

    async def follow(self, version_ids: Sequence[VersionId]) -> None:
        """Let all runs of versions go on with the code of their fixes, those that had their own too."""
        them = update(table).where(table.c.id.in_(version_ids))
        await self._statements.write(them.values(own_from=None))

    async def delete(self, version_id: VersionId) -> None:
        """Delete a version and its pins.

        Raises:
            RowMissing: There is no such version.
        """
        if not await self._statements.write(delete(table).where(table.c.id == version_id)):
            raise RowMissing("version", version_id)

    async def pins(self, version_id: VersionId) -> list[Pin]:
        """The runs that stay on a version though it is fixed."""
        question = select(run_pins).where(run_pins.c.version_id == version_id)
        rows = await self._statements.all(question.order_by("workflow_id", "run_id"))
        return [Pin(**row) for row in rows]

    async def pins_of_project(self, project_id: ProjectId) -> list[Pin]:
        """The runs of a project that stay on a version though it is fixed."""
        question = select(run_pins).join(table).where(table.c.project_id == project_id)
        rows = await self._statements.all(question.order_by("workflow_id", "run_id"))
        return [Pin(**row) for row in rows]

    async def pin(self, pin: Pin) -> None:
        """Let a run stay on a version; a pin that is there is put right.

        Raises:
            RowMissing: There is no such version.
        """
        added = self._statements.insert(run_pins).values(columns_of(pin))
        await self._statements.write(replaced(added, run_pins))

    async def unpin(self, version_id: VersionId, workflow_id: str, run_id: str) -> None:
        """Let a run go on with the fix; nothing happens when it is not pinned."""
        pinned = delete(run_pins).where(
            run_pins.c.version_id == version_id,
            run_pins.c.workflow_id == workflow_id,
            run_pins.c.run_id == run_id,
        )
        await self._statements.write(pinned)

    async def _lock(self, version_id: VersionId) -> Mapping[Any, Any]:
        """Let nobody else change versions of the same definition before the transaction ends.

        The definition is locked and not the version: who activates another version at the same time
        waits here, and finds then what we have made active.
        """
        of_version = (
            select(workflow_definitions.c.id.label("definition_id"))
            .join(table, table.c.definition_id == workflow_definitions.c.id)
            .where(table.c.id == version_id)
        )
        rows = await self._statements.lock(of_version, workflow_definitions)
        if not rows:
            raise RowMissing("version", version_id)
        return rows[0]

    async def _change(
        self, version_id: VersionId, *conditions: ColumnElement[bool], **values: object
    ) -> None:
        changed = update(table).where(table.c.id == version_id, *conditions).values(values)
        await self._statements.write(changed)

    async def _first(self, *conditions: Any) -> CompiledCode | None:
        row = await self._statements.first(select(table).where(*conditions))
        return None if row is None else _code(row)


def _code(row: Mapping[Any, Any]) -> CompiledCode:
    values: dict[str, Any] = {
        **row,
        "activities": tuple(row["activities"]),
    }
    return CompiledCode(**values)
