"""Drafts are kept, whatever they say, and nobody overwrites another's."""

from collections.abc import Sequence

import pytest
from tests.control.publishing.shop import BY, drafted, order

from everloom.control.definitions import DefinitionRefused
from everloom.control.projects import Platform, update_project
from everloom.control.publishing import (
    DefinitionMissing,
    DefinitionNameInvalid,
    DefinitionTooLarge,
    check_draft,
    list_definitions,
    list_versions,
    publish,
    read_draft,
    save_draft,
)
from everloom.store import AuditEntry, DraftChanged, Limits

CALLING = """\
    - call:
        call: http
        with:
          method: get
          endpoint: https://shop.example
        metadata:
          everloom:
            queue: eve-shop
"""

BROKEN = order(tasks='    - greet:\n        set:\n          text: ${ "Hello }\n')


async def test_first_draft_makes_the_definition(p: Platform, project: str) -> None:
    """What is saved first under a name is a definition from then on."""
    saved = await save_draft(p, project, order(), by=BY)

    assert (saved.full_name, saved.revision) == ("shop.order", 1)
    assert [each.full_name for each in await list_definitions(p, project)] == ["shop.order"]


async def test_draft_with_errors_is_kept(p: Platform, project: str) -> None:
    """A draft may be wrong; checking says where."""
    await save_draft(p, project, BROKEN, by=BY)

    checked = await check_draft(p, project, "shop.order")

    assert (await read_draft(p, project, "shop.order")).draft == BROKEN
    assert checked.definition is None
    assert [(each.pointer, each.line) for each in checked.problems] == [
        ("/do/0/greet/set/text", 10)
    ]


async def test_unreadable_draft_is_kept_under_the_name_that_is_given(
    p: Platform, project: str
) -> None:
    """A text that says no name can be saved as the draft of one."""
    await save_draft(p, project, "document: {", name="shop.order", by=BY)

    assert (await read_draft(p, project, "shop.order")).draft == "document: {"


async def test_draft_in_the_way_says_which_revision_is_there(p: Platform, project: str) -> None:
    """Who names none is told the one to name, not that it should have been another."""
    await save_draft(p, project, BROKEN, by=BY)

    with pytest.raises(DraftChanged, match=r"it is at revision 1\.") as refused:
        await save_draft(p, project, order(), by=BY)

    assert refused.value.hint == "To replace it, say that your change began with revision 1."


@pytest.mark.parametrize("text", ["document: {", "a: 1", order(name="'no name'")])
async def test_draft_without_a_name_is_refused(p: Platform, project: str, text: str) -> None:
    """Somebody has to say what the definition is called."""
    with pytest.raises(DefinitionNameInvalid):
        await save_draft(p, project, text, by=BY)


async def test_second_editor_does_not_overwrite_the_first(p: Platform, project: str) -> None:
    """Who began with an older revision is told who has saved since."""
    await save_draft(p, project, order(), by=BY)
    await save_draft(p, project, order("1.0.1"), revision=1, by="grace")

    with pytest.raises(DraftChanged, match="grace") as refused:
        await save_draft(p, project, order("1.0.2"), revision=1, by=BY)

    assert refused.value.found.revision == 2
    assert (await read_draft(p, project, "shop.order")).draft == order("1.0.1")


async def test_draft_without_a_revision_overwrites_nothing(p: Platform, project: str) -> None:
    """Who says no revision has read none, so what is there stays."""
    await save_draft(p, project, order(), by=BY)

    with pytest.raises(DraftChanged):
        await save_draft(p, project, order("1.0.1"), by="grace")


async def test_saving_the_same_text_changes_nothing(p: Platform, project: str) -> None:
    """Autosaving what is there makes no revision and no entry in the log."""
    await save_draft(p, project, order(), by=BY)

    again = await save_draft(p, project, order(), revision=1, by=BY)

    assert again.revision == 1
    assert [each.action for each in await log_of(p)] == ["draft.save", "project.create"]


async def test_draft_larger_than_the_project_allows_is_refused(p: Platform, project: str) -> None:
    """A project's limit goes before that of the settings."""
    await update_project(p, project, limits=Limits(definition_bytes=100), by=BY)

    with pytest.raises(DefinitionTooLarge, match="allows 100"):
        await save_draft(p, project, order(), by=BY)


async def test_missing_definition_is_named(p: Platform, project: str) -> None:
    """Who asks for a definition that is not there hears which there are."""
    await save_draft(p, project, order(), by=BY)

    with pytest.raises(DefinitionMissing) as missing:
        await read_draft(p, project, "shop.ordre")

    assert missing.value.hint == "Did you mean `shop.order`?"


async def log_of(p: Platform) -> Sequence[AuditEntry]:
    """What was changed, the newest first."""
    async with p.store.begin() as tx:
        return await tx.audit.list()


async def test_a_definition_that_names_the_queue_of_another_project_is_refused(
    p: Platform, project: str
) -> None:
    """Its activities would run with that project's secrets; the place is named, nothing is kept."""
    text = order(tasks=CALLING)
    full_name = await drafted(p, text, project=project)

    with pytest.raises(DefinitionRefused) as refused:
        await publish(p, project, full_name, by=BY)

    told = refused.value.found[0].problem
    assert (told.code, told.line) == ("queue-not-own", 15)
    assert told.pointer == "/do/0/call/metadata/everloom/queue"
    assert await list_versions(p, project, full_name) == []
