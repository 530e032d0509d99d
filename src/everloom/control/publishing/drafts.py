"""Drafts: what is being worked on, kept with errors or without. Nobody overwrites another's silently."""

from everloom.control.projects import EVENTS, Platform, find_project, note
from everloom.store import Definition, DraftChanged, Project, Transaction

from .errors import DefinitionNameInvalid, DefinitionTooLarge
from .finding import find_definition
from .names import name_in, split_name


async def save_draft(
    p: Platform,
    project: str,
    text: str,
    *,
    by: str,
    name: str | None = None,
    revision: int | None = None,
) -> Definition:
    """Keep a draft; the first one of a name makes the definition.

    Args:
        p: The platform.
        project: The project.
        text: YAML or JSON, right or wrong.
        by: Who wrote it.
        name: `namespace.name` of the definition. None: as the text says.
        revision: The revision that was read before this was written. None: there was none.

    Raises:
        ProjectMissing: There is no such project.
        DefinitionNameInvalid: Neither the text nor `name` says how it is called.
        DefinitionTooLarge: The text is larger than the project allows.
        DraftChanged: Somebody else has saved another text since; nothing was changed.
        StoreUnavailable: The database is away.
    """
    full_name = name or name_in(text).full_name
    if full_name is None:
        raise DefinitionNameInvalid(
            "The text does not say what the definition is called.",
            hint="Write `namespace` and `name` below `document`, or give the name as"
            " `namespace.name`.",
        )
    namespace, short = split_name(full_name)
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        check_size(p, kept_in, text)
        before = await tx.definitions.find(kept_in.id, full_name)
        if before is None:
            saved = await tx.definitions.create(kept_in.id, namespace, short, text, by)
        elif before.draft == text and revision in {None, before.revision}:
            return before
        elif revision is None:
            raise DraftChanged(before, None)
        else:
            saved = await tx.definitions.save(before.id, text, revision=revision, by=by)
        await _note_saved(tx, before, saved, by)
    return saved


async def read_draft(p: Platform, project: str, full_name: str) -> Definition:
    """A definition with its draft.

    Raises:
        ProjectMissing, DefinitionMissing: There is no such project or definition.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        return await find_definition(tx, await find_project(p, tx, project), full_name)


async def list_definitions(p: Platform, project: str) -> list[Definition]:
    """The definitions of a project, by name.

    Raises:
        ProjectMissing: There is no such project.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        found = await tx.definitions.list((await find_project(p, tx, project)).id)
    return sorted(found, key=lambda each: each.full_name)


def check_size(p: Platform, project: Project, text: str) -> None:
    """Refuse a text that is larger than the project allows.

    Raises:
        DefinitionTooLarge: It is.
    """
    most = project.limits.definition_bytes or p.settings.projects.definition_bytes
    size = len(text.encode(errors="replace"))
    if size > most:
        raise DefinitionTooLarge(
            f"The definition has {size} bytes; the project `{project.owner}/{project.name}` allows"
            f" {most}.",
            hint="Move data out of it, or raise the project's limit `definition_bytes`.",
        )


async def _note_saved(
    tx: Transaction, before: Definition | None, saved: Definition, by: str
) -> None:
    await note(
        tx,
        by=by,
        action="draft.save",
        subject=saved.full_name,
        project_id=saved.project_id,
        before=None if before is None else {"revision": before.revision},
        after={"revision": saved.revision, "bytes": len(saved.draft.encode(errors="replace"))},
        event=f"{EVENTS}draft.saved",
    )
