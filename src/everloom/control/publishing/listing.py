"""The versions of a definition, each with what has become of it; and what differs between two."""

from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from everloom.control.projects import Platform, find_project
from everloom.store import CompiledCode, Project, Transaction

from .finding import find_definition, find_version
from .serving import count_served

DRAFT = "draft"
"""What the draft is called where a version is asked for."""

State = Literal["active", "serving", "published", "retired"]


@dataclass(frozen=True, kw_only=True)
class VersionState:
    """A version, without its texts, and what has become of it."""

    code: CompiledCode
    open_runs: int
    """Its own, and those of the versions that it repairs."""

    @property
    def state(self) -> State:
        """`active`; `serving` older runs; `published` and not used yet, or not any more; `retired`."""
        if self.code.active:
            return "active"
        if self.open_runs:
            return "serving"
        return "published" if self.code.retired_at is None else "retired"

    @property
    def words(self) -> str:
        """The state as people read it: `serving 3 open runs`."""
        if self.state != "serving":
            return self.state
        return f"serving {self.open_runs} open {'run' if self.open_runs == 1 else 'runs'}"


async def list_versions(p: Platform, project: str, full_name: str) -> list[VersionState]:
    """The versions of a definition, the newest first.

    Raises:
        ProjectMissing, DefinitionMissing: There is no such project or definition.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        definition = await find_definition(tx, kept_in, full_name)
        versions = await tx.versions.list_versions(definition.id, whole=False)
    return [
        VersionState(code=each, open_runs=await count_served(p, kept_in, versions, each))
        for each in versions
    ]


async def read_version(
    p: Platform, project: str, full_name: str, version: str | None = None
) -> CompiledCode:
    """A version with its texts; None: the active one.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        return await find_version(tx, await find_project(p, tx, project), full_name, version)


async def diff_versions(  # noqa: PLR0917 - two versions of one thing
    p: Platform,
    project: str,
    full_name: str,
    a: str,
    b: str,
    what: Literal["definition", "python", "package"] = "definition",
) -> str:
    """What differs between two versions, as a unified diff; empty when nothing does.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        a: A version; of the definition also `draft`.
        b: The other.
        what: Which texts are compared: the definition, the workflow's module, or all of its package.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        one, other = [
            await _texts(tx, kept_in, full_name, version=each, what=what) for each in (a, b)
        ]
    return "".join(
        line
        for name in sorted(one.keys() | other.keys())
        for line in _difference(
            one.get(name, ""), other.get(name, ""), f"{a}/{name}", f"{b}/{name}"
        )
    )


async def _texts(
    tx: Transaction, project: Project, full_name: str, *, version: str, what: str
) -> dict[str, str]:
    if version == DRAFT and what == "definition":
        return {full_name: (await find_definition(tx, project, full_name)).draft}
    code = await find_version(tx, project, full_name, version)
    if what == "package":
        return dict(code.files)
    if what == "python":
        return {"workflow.py": code.source}
    return {full_name: code.definition}


def _difference(one: str, other: str, a: str, b: str) -> list[str]:
    lines = unified_diff(one.splitlines(keepends=True), other.splitlines(keepends=True), a, b)
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]
