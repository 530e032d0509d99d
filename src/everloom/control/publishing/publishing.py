"""Publish a draft: check it, compile it, keep it as a version that never changes.

All that is written is written in one transaction: a publisher that is killed leaves the version whole
or not at all, and publishing again gives the same version.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version as installed
from uuid import uuid4

from everloom.control.projects import EVENTS, Platform, find_project, note
from everloom.language import COMPILER
from everloom.language.reading import read
from everloom.store import (
    CompiledCode,
    Definition,
    Project,
    Transaction,
    VersionExists,
    VersionId,
)

from .activating import Activated, activate_within, check_schedule_of, settle
from .checking import Built, build, check_text, known_types
from .drafts import check_size
from .errors import DefinitionRenamed
from .finding import find_definition
from .names import with_version


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is about to be published."""

    project: Project
    definition: Definition
    text: str
    built: Built
    keeps_text: bool = True
    """Whether a text that is not the definition's draft becomes it."""


async def publish(
    p: Platform,
    project: str,
    full_name: str,
    *,
    by: str,
    note: str = "",
    as_version: str | None = None,
    activate: bool = False,
) -> CompiledCode:
    """Publish the draft of a definition as the version it names.

    Publishing again what was published gives the version that is there, whoever did it.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        by: Who publishes it.
        note: What is new, in the words of who publishes it.
        as_version: Write this version into the draft first.
        activate: Whether new runs go on it from now on.

    Raises:
        ProjectMissing, DefinitionMissing: There is no such project or definition.
        VersionNotWritable: The version cannot be written into the draft.
        DefinitionTooLarge, DefinitionRenamed, DefinitionRefused: The draft cannot be published.
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
        VersionExists: The version is there, and is another.
        StoreUnavailable: The database is away.
    """
    draft = await prepare_version(p, project, full_name, as_version=as_version)
    if activate:
        await check_schedule_of(p, draft.project, draft.built.definition)
    code, activated = await _store(p, draft, by=by, note=note, activate=activate)
    if activated is not None:
        await settle(p, draft.project, activated)
    return code


async def prepare_version(
    p: Platform, project: str, full_name: str, *, as_version: str | None = None
) -> Draft:
    """Check and compile the draft of a definition. Changes nothing.

    Raises:
        As `publish` does.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        definition = await find_definition(tx, kept_in, full_name)
        there = await known_types(tx, kept_in)
    text = definition.draft if as_version is None else with_version(definition.draft, as_version)
    check_size(p, kept_in, text)
    checked = await check_text(p, kept_in, text, full_name, there=there)
    built = await build(p, checked, there)
    named = f"{built.definition.namespace}.{built.definition.name}"
    if named != full_name:
        raise DefinitionRenamed(
            f"The draft of `{full_name}` calls itself `{named}`.",
            hint=f"Save it as the draft of `{named}`, or give it back its name.",
        )
    return Draft(project=kept_in, definition=definition, text=text, built=built)


async def store_version(
    tx: Transaction, draft: Draft, *, by: str, remark: str, fixes: VersionId | None = None
) -> CompiledCode:
    """Keep what was compiled, unless it is there.

    Raises:
        VersionExists: The version is there, and is another.
    """
    compiled = draft.built.compiled
    there = await tx.versions.find_type(draft.project.id, compiled.type_name)
    if there is not None:
        return _same(there, draft)
    code = await tx.versions.store(replace(code_of(draft, by=by, remark=remark), fixes=fixes))
    await note(
        tx,
        by=by,
        action="version.publish",
        subject=code.type_name,
        project_id=code.project_id,
        after={"version": code.version, "sha256": code.sha256, "compiler": code.compiler},
        event=f"{EVENTS}version.published",
        remark=remark,
    )
    await _keep_text(tx, draft, by)
    return code


async def _store(
    p: Platform, draft: Draft, *, by: str, note: str, activate: bool
) -> tuple[CompiledCode, Activated | None]:
    """Write it all at once. Somebody may publish the same at this moment: then theirs is taken."""
    for is_last in (False, True):
        try:
            async with p.store.begin() as tx:
                code = await store_version(tx, draft, by=by, remark=note)
                if not activate:
                    return code, None
                activated = await activate_within(tx, draft.project, code, by=by)
                return activated.version, activated
        except VersionExists:
            async with p.store.begin() as tx:
                there = await tx.versions.find_type(
                    draft.project.id, draft.built.compiled.type_name
                )
            if is_last or there is None:
                raise
            _same(there, draft)
    raise AssertionError("unreachable")


def _same(there: CompiledCode, draft: Draft) -> CompiledCode:
    """The version that is there, when it is what would be published.

    A newer compiler gives another text for the same definition; the version stays what it was.
    """
    compiled = draft.built.compiled
    is_newer = there.compiler != COMPILER
    says_the_same = read(there.definition).value == draft.built.definition.value
    if says_the_same and (is_newer or there.sha256 == compiled.sha256):
        return there
    raise VersionExists(there)


def code_of(draft: Draft, *, by: str, remark: str) -> CompiledCode:
    """The version that a draft becomes. It is not kept yet."""
    compiled = draft.built.compiled
    return CompiledCode(
        id=VersionId(uuid4().hex),
        definition_id=draft.definition.id,
        project_id=draft.project.id,
        type_name=compiled.type_name,
        version=draft.built.definition.version,
        class_name=compiled.class_name,
        definition=draft.text,
        source=compiled.source,
        files=draft.built.files,
        sha256=compiled.sha256,
        activities=compiled.activities,
        lines=dict(compiled.source_map),
        compiler=COMPILER,
        jq=installed("jq"),
        created_at=datetime.now(UTC),
        author=by,
        note=remark,
    )


async def _keep_text(tx: Transaction, draft: Draft, by: str) -> None:
    """A draft whose version was rewritten is kept so, unless somebody has saved another since."""
    if not draft.keeps_text or draft.text == draft.definition.draft:
        return
    now = await tx.definitions.read(draft.definition.id)
    if now.revision == draft.definition.revision:
        await tx.definitions.save(now.id, draft.text, revision=now.revision, by=by)
