"""Check a text as publishing would: with the other definitions of its project, and its functions."""

import asyncio
from dataclasses import dataclass, replace

from everloom.control.definitions import (
    CatalogFunctions,
    CheckedSource,
    Source,
    check_sources,
    compile_checked,
)
from everloom.control.projects import Platform, ProjectName, border_problems, find_project
from everloom.language import Compiled, Definition, FunctionCatalog, package_files
from everloom.store import CompiledCode, Project, Transaction

from .finding import find_definition

RECOMPILED = "compiler."
"""How the build part of a version begins that a newer compiler made of a stored one."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A text that was compiled."""

    definition: Definition
    compiled: Compiled
    files: dict[str, str]
    """The whole package."""


async def check_draft(
    p: Platform, project: str, full_name: str, *, text: str | None = None
) -> CheckedSource:
    """All problems of a draft, with pointers and lines.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        text: What is checked in place of the draft that is kept.

    Raises:
        ProjectMissing, DefinitionMissing: There is no such project or definition.
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        if text is None:
            text = (await find_definition(tx, kept_in, full_name)).draft
        there = await known_types(tx, kept_in)
    return await check_text(p, kept_in, text, full_name, there=there)


async def check_text(
    p: Platform, project: Project, text: str, name: str, *, there: frozenset[str]
) -> CheckedSource:
    """All problems of a text of a project that may run these workflows.

    Raises:
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
    """
    [checked] = await check_sources(p.settings, [Source(name, text)], functions_of(p), there=there)
    beyond = tuple(border_problems(p, ProjectName(project.owner, project.name), text))
    return replace(
        checked,
        definition=None if beyond else checked.definition,
        problems=(*checked.problems, *beyond),
    )


async def build(p: Platform, checked: CheckedSource, there: frozenset[str]) -> Built:
    """Compile what was checked, beside the loop.

    Raises:
        DefinitionRefused: It has errors.
    """
    return await asyncio.to_thread(_built, checked, functions_of(p), there)


async def known_types(tx: Transaction, project: Project) -> frozenset[str]:
    """Workflow types that definitions of a project may run. Retired ones are served as well."""
    found: set[str] = set()
    for definition in await tx.definitions.list(project.id):
        versions = await tx.versions.list_versions(definition.id, whole=False)
        found |= {each.type_name for each in versions if not is_recompiled(each)}
    return frozenset(found)


def is_recompiled(code: CompiledCode) -> bool:
    """Whether a newer compiler made it of a version that was there."""
    return RECOMPILED in code.version.partition("+")[2]


def functions_of(p: Platform) -> CatalogFunctions:
    """What definitions of projects may call: it runs beside them, on the queue of their project."""
    return CatalogFunctions(p.settings, bound=False)


def _built(checked: CheckedSource, functions: FunctionCatalog, there: frozenset[str]) -> Built:
    [compiled] = compile_checked([checked], functions, there=there)
    definition = checked.definition
    assert definition is not None  # noqa: S101 - `compile_checked` refuses it otherwise
    files = package_files(definition, compiled, functions=functions)
    return Built(definition=definition, compiled=compiled, files=files)
