"""Make a project of a folder that one was exported to: all of it, or nothing.

Compiled code runs in the hosts without a sandbox, so code that did not come out of our compiler must
not come in this way: each version is compiled again and compared, unless whoever imports says that
the folder is to be trusted.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    Source,
    check_sources,
    compile_checked,
)
from everloom.core import Problem
from everloom.language import package_files
from everloom.store import CompiledCode, DefinitionId, Project, ProjectId, Transaction, VersionId

from .borders import border_problems
from .finding import check_former, parse_new_project
from .folders import PACKAGE, read_moment
from .keeping import project_json
from .names import ProjectName
from .noting import EVENTS, note
from .platform import Platform
from .reading import ImportInvalid, ReadDefinition, ReadProject, ReadVersion, read_folder


async def import_project(
    p: Platform, folder: Path, name: str | None = None, *, by: str, trust: bool = False
) -> Project:
    """Make a project of a folder.

    Args:
        p: The platform.
        folder: The folder.
        name: What the project is called. None: as in the folder.
        by: Who imports it.
        trust: Take over code that our compiler does not make of the definitions.

    Raises:
        ImportInvalid: A file does not fit; each is named with the reason, and nothing was imported.
        ProjectNameInvalid, ProjectExists, ProjectQueueTaken: It cannot be called that.
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
        StoreUnavailable: The database is away.
    """
    found = await asyncio.to_thread(read_folder, folder)
    wanted = parse_new_project(p, name or found.project.name)
    other = [each async for each in _foreign(p, wanted, found)] if not trust else []
    if other:
        raise ImportInvalid(
            f"The folder `{folder}` cannot be imported: {len(other)}"
            f" {'version is' if len(other) == 1 else 'versions are'} not what our compiler makes of"
            f" the definition; `{other[0].place}` is the first.",
            hint="Code runs as it is imported. `--trust` takes it over: only when you trust everybody"
            " who could write to the folder.",
            problems=other,
        )
    async with p.store.begin() as tx:
        await check_former(tx, wanted)
        owner = await tx.users.ensure(wanted.owner)
        project = await tx.projects.create(
            owner,
            wanted.name,
            queue=wanted.queue,
            **found.project.wanted(),
        )
        for each in found.definitions.values():
            await _keep(tx, project, each, by)
        versions = {each.name: sorted(each.versions) for each in found.definitions.values()}
        await note(
            tx,
            by=by,
            action="project.import",
            subject=str(wanted),
            project_id=project.id,
            after={**project_json(project), "versions": versions},
            event=f"{EVENTS}project.created",
            forced=trust,
        )
    return project


async def _keep(tx: Transaction, project: Project, found: ReadDefinition, by: str) -> None:
    namespace, _, name = found.name.partition(".")
    assert found.draft is not None  # noqa: S101 - a definition without a draft is refused
    definition = await tx.definitions.create(project.id, namespace, name, found.draft, by)
    ids = {version: VersionId(uuid4().hex) for version in found.versions}
    for each in _oldest_first(found.versions.values()):
        await tx.versions.store(_code(each, project.id, definition.id, ids))
    for version, each in found.versions.items():
        if each.said.fixed_by is not None:
            await tx.versions.set_fix(ids[version], ids[each.said.fixed_by])


def _oldest_first(versions: Iterable[ReadVersion]) -> list[ReadVersion]:
    """What is fixed comes before its fix."""
    return sorted(versions, key=lambda each: read_moment(each.said.created_at))


def _code(
    found: ReadVersion,
    project_id: ProjectId,
    definition_id: DefinitionId,
    ids: dict[str, VersionId],
) -> CompiledCode:
    said = found.said
    return CompiledCode(
        id=ids[said.version],
        definition_id=definition_id,
        project_id=project_id,
        type_name=said.type_name,
        version=said.version,
        class_name=said.class_name,
        definition=found.definition,
        source=found.package[said.source],
        files=found.package,
        sha256=said.sha256,
        activities=tuple(said.activities),
        lines=said.lines,
        compiler=said.compiler,
        jq=said.jq,
        created_at=read_moment(said.created_at),
        author=said.author,
        note=said.note,
        active=said.active,
        activated_at=_moment(said.activated_at),
        retired_at=_moment(said.retired_at),
        fixes=None if said.fixes is None else ids[said.fixes],
        own_from=_moment(said.own_from),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else read_moment(text)


async def _foreign(p: Platform, project: ProjectName, found: ReadProject) -> AsyncIterator[Problem]:
    """The versions whose code our compiler does not make, or makes for no project or another."""
    functions = CatalogFunctions(p.settings, bound=False)
    for each in _all(found):
        there = [
            other.said.type_name
            for other in _all(found)
            if read_moment(other.said.created_at) < read_moment(each.said.created_at)
        ]
        for beyond in border_problems(p, project, each.definition):
            place = f"{each.place}/definition.yaml"
            yield Problem("import-file-invalid", beyond.sentence(), place=place)
        source = Source(each.said.type_name, each.definition)
        checked = await check_sources(p.settings, [source], functions, there=there)
        try:
            [compiled] = compile_checked(checked, functions, there=there)
        except DefinitionRefused as error:
            why = f"It does not compile: {error.found[0].problem.sentence()}"
            yield Problem("import-file-invalid", why, place=f"{each.place}/definition.yaml")
            continue
        told = (compiled.sha256, compiled.class_name, compiled.activities)
        if told != (each.said.sha256, each.said.class_name, tuple(each.said.activities)):
            why = "It is not what our compiler makes of the definition."
            yield Problem(
                "import-file-invalid", why, place=f"{each.place}/{PACKAGE}/{each.said.source}"
            )
            continue
        definition = checked[0].definition
        assert definition is not None  # noqa: S101 - what compiles has one
        ours = package_files(definition, compiled, functions=functions)
        for path in sorted(ours.keys() | each.package.keys()):
            if ours.get(path) != each.package.get(path):
                why = "It is not the file that our compiler puts beside the workflow."
                yield Problem("import-file-invalid", why, place=f"{each.place}/{PACKAGE}/{path}")


def _all(found: ReadProject) -> Iterator[ReadVersion]:
    for definition in found.definitions.values():
        yield from definition.versions.values()
