"""Definitions and the drafts that people work on."""

import asyncio

import pytest

from everloom.store import (
    Definition,
    DefinitionExists,
    DraftChanged,
    Project,
    ProjectId,
    RowMissing,
    Store,
    Transaction,
)

from .samples import define


async def test_a_definition_is_found_by_its_name(store: Store, project: Project) -> None:
    """With the draft as it was written."""
    made = await define(store, project)

    async with store.begin() as tx:
        assert await tx.definitions.find(project.id, "shop.order") == made
        assert await tx.definitions.read(made.id) == made
        assert await tx.definitions.list(project.id) == [made]
        assert await tx.definitions.find(project.id, "shop.other") is None
    assert (made.revision, made.draft_by) == (1, "ann")


async def test_a_project_has_one_definition_of_a_name(store: Store, project: Project) -> None:
    """The second is refused, and the transaction goes on."""
    await define(store, project)

    async with store.begin() as tx:
        with pytest.raises(DefinitionExists, match=r"'shop\.order'"):
            await tx.definitions.create(project.id, "shop", "order", "", "bob")
        await tx.definitions.create(project.id, "shop", "refund", "", "bob")
        assert len(await tx.definitions.list(project.id)) == 2


async def test_a_definition_belongs_to_a_project(tx: Transaction) -> None:
    """One of a project that is gone is refused."""
    with pytest.raises(RowMissing):
        await tx.definitions.create(ProjectId("gone"), "shop", "order", "", "ann")


async def test_a_draft_is_saved_by_whoever_has_the_newest(store: Store, project: Project) -> None:
    """Who began with an older one is told who saved, and when."""
    made = await define(store, project)
    async with store.begin() as tx:
        saved = await tx.definitions.save(made.id, "do: [a]", revision=1, by="ann")
        saved = await tx.definitions.save(made.id, "do: [b]", revision=saved.revision, by="ann")

    async with store.begin() as tx:
        with pytest.raises(DraftChanged) as caught:
            await tx.definitions.save(made.id, "do: [c]", revision=1, by="bob")
        assert await tx.definitions.read(made.id) == saved

    assert (saved.draft, saved.revision) == ("do: [b]", 3)
    assert "'ann'" in caught.value.message
    assert saved.draft_at.strftime("%H:%M:%S") in caught.value.message
    assert caught.value.found == saved


async def test_two_editors_never_overwrite_each_other(store: Store, project: Project) -> None:
    """Of those that save at once exactly one succeeds."""
    made = await define(store, project)

    async def save(by: str) -> Definition:
        async with store.begin() as tx:
            return await tx.definitions.save(made.id, f"# {by}", revision=1, by=by)

    answers = await asyncio.gather(*(save(f"e{n}") for n in range(6)), return_exceptions=True)

    saved = [each for each in answers if isinstance(each, Definition)]
    assert len(saved) == 1
    assert sum(isinstance(each, DraftChanged) for each in answers) == 5
    async with store.begin() as tx:
        assert await tx.definitions.read(made.id) == saved[0]


async def test_a_definition_that_is_gone_cannot_be_saved(store: Store, project: Project) -> None:
    """It is not a conflict, it is not there."""
    made = await define(store, project)
    async with store.begin() as tx:
        await tx.definitions.delete(made.id)

    async with store.begin() as tx:
        with pytest.raises(RowMissing, match="definition"):
            await tx.definitions.save(made.id, "", revision=1, by="ann")
        with pytest.raises(RowMissing):
            await tx.definitions.delete(made.id)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("ä 🙂\n\ttab\r\n", "ä 🙂\n\ttab\r\n", id="as-it-is"),
        pytest.param("a\0b", "a\ufffdb", id="nul"),
        pytest.param("a\ud800b", "a\ufffdb", id="half-a-character"),
        pytest.param("\ud83d\ude42", "🙂", id="a-character-in-two-halves"),
    ],
)
async def test_any_text_can_be_a_draft(
    store: Store, project: Project, written: str, kept: str
) -> None:
    """Only what no database keeps is replaced, and on both by the same."""
    made = await define(store, project)

    async with store.begin() as tx:
        saved = await tx.definitions.save(made.id, written, revision=1, by="ann")

    assert saved.draft == kept
