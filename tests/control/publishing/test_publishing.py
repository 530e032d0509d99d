"""Drafts become versions, which never change."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.control.publishing.shop import BY, WAITING, drafted, order, published

from everloom.control.definitions import DefinitionRefused
from everloom.control.projects import Platform, create_project, update_project
from everloom.control.projects.folders import hash_of
from everloom.control.publishing import (
    DefinitionRenamed,
    VersionMissing,
    diff_versions,
    publish,
    read_draft,
    read_version,
    save_draft,
)
from everloom.language import COMPILER
from everloom.store import AuditEntry, CompiledCode, Event, Limits, VersionExists

RUNS_ANOTHER = """\
    - pay:
        run:
          workflow:
            namespace: shop
            name: payment
            version: {version}
"""


async def test_version_holds_everything_about_the_code(p: Platform, project: str) -> None:
    """Text, source, package, hash, compiler and the line of each task are kept."""
    code = await published(p, order(), project=project, activate=False)

    kept = await read_version(p, project, "shop.order", "1.0.0")
    assert kept == code
    assert (kept.type_name, kept.definition, kept.author) == ("shop.order@1.0.0", order(), BY)
    assert (kept.compiler, kept.active) == (COMPILER, False)
    assert kept.source == kept.files["order/workflow.py"]
    assert "greet" in kept.source.splitlines()[kept.lines["/do/0/greet"] - 1]


async def test_publishing_is_in_the_log_and_among_the_events(p: Platform, project: str) -> None:
    """Who published what can be read, and is told to those who follow."""
    full_name = await drafted(p, order(), project=project)

    await publish(p, project, full_name, by="grace", note="the first", activate=True)

    entry, event = await newest(p, "version.publish", "io.everloom.version.published")
    assert (entry.user, entry.subject, entry.note) == ("grace", "shop.order@1.0.0", "the first")
    assert event.subject == "shop.order@1.0.0"


async def test_publishing_again_gives_the_same_version(p: Platform, project: str) -> None:
    """What is published already is given back, also when only comments differ."""
    first = await published(p, order(), project=project)

    again = await published(p, "# a comment\n" + order(), project=project)

    assert again == first
    assert len(await entries(p, "version.publish")) == 1


async def test_publishers_at_once_make_one_version(both: Platform, project: str) -> None:
    """All get the same one, and the log has one entry."""
    full_name = await drafted(both, order(), project=project)

    found = await asyncio.gather(
        *(publish(both, project, full_name, by=BY, activate=True) for _ in range(5))
    )

    assert len({each.id for each in found}) == 1
    assert len(await entries(both, "version.publish")) == 1
    assert len(await entries(both, "version.activate")) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"tasks": WAITING}, id="other tasks"),
        pytest.param({"rest": "schedule:\n  every: PT1H\n"}, id="another schedule"),
    ],
)
async def test_version_never_changes(p: Platform, project: str, change: dict[str, Any]) -> None:
    """A version that says something else is refused, with what to do."""
    await published(p, order(), project=project, activate=False)

    with pytest.raises(VersionExists) as refused:
        await published(p, order(**change), project=project, activate=False)

    assert "--as" in refused.value.hint


async def test_version_can_be_given_on_publishing(p: Platform, project: str) -> None:
    """The version is written into the draft, which goes on from there."""
    full_name = await drafted(p, order(), project=project)

    code = await publish(p, project, full_name, as_version="1.2.1", by=BY)

    assert code.definition == order("1.2.1")
    assert (await read_draft(p, project, full_name)).draft == order("1.2.1")


async def test_draft_with_errors_is_not_published(p: Platform, project: str) -> None:
    """All problems are named, and nothing is kept."""
    full_name = await drafted(p, order(tasks="    - a: {}\n    - b: {}\n"), project=project)

    with pytest.raises(DefinitionRefused) as refused:
        await publish(p, project, full_name, by=BY)

    assert [each.problem.pointer for each in refused.value.found] == ["/do/0/a", "/do/1/b"]
    with pytest.raises(VersionMissing):
        await read_version(p, project, full_name, "1.0.0")


async def test_draft_that_was_renamed_is_not_published(p: Platform, project: str) -> None:
    """A definition keeps its name."""
    await drafted(p, order(), project=project)
    await save_draft(p, project, order(name="other"), name="shop.order", revision=1, by=BY)

    with pytest.raises(DefinitionRenamed, match=r"`shop\.other`"):
        await publish(p, project, "shop.order", by=BY)


async def test_definition_may_run_what_its_project_has_published(p: Platform, project: str) -> None:
    """`latest` is the newest version that is there at that moment."""
    await published(p, order("2.1.0", name="payment"), project=project)
    await published(p, order("1.9.0", name="payment"), project=project)

    code = await published(p, order(tasks=RUNS_ANOTHER.format(version="latest")), project=project)

    assert '"shop.payment@2.1.0"' in code.source


async def test_definition_may_run_a_retired_version(p: Platform, project: str) -> None:
    """Its code is still there, and is served."""
    payment = await published(p, order("1.0.0", name="payment"), project=project)
    await published(p, order("1.1.0", name="payment"), project=project)
    async with p.store.begin() as tx:
        await tx.versions.retire(payment.id, payment.created_at)

    code = await published(p, order(tasks=RUNS_ANOTHER.format(version="1.0.0")), project=project)

    assert '"shop.payment@1.0.0"' in code.source


async def test_definition_may_not_run_what_only_other_projects_have(
    p: Platform, project: str
) -> None:
    """What another project has published is not there."""
    other = f"{project}-2"
    await create_project(p, other, by=BY)
    await published(p, order(name="payment"), project=other)

    with pytest.raises(DefinitionRefused):
        await published(p, order(tasks=RUNS_ANOTHER.format(version="1.0.0")), project=project)


async def test_limit_that_was_lowered_holds_on_publishing(p: Platform, project: str) -> None:
    """A draft from before may be too large now."""
    full_name = await drafted(p, order(), project=project)
    await update_project(p, project, limits=Limits(definition_bytes=100), by=BY)

    with pytest.raises(Exception, match="allows 100"):
        await publish(p, project, full_name, by=BY)


async def test_newer_compiler_leaves_published_versions_as_they_are(
    p: Platform, project: str
) -> None:
    """What another compiler made of the same definition is the version, and is given back."""
    older = await compiled_before(p, project)

    again = await publish(p, project, "shop.order", by=BY)

    assert again == older


async def test_difference_between_two_versions_is_shown(p: Platform, project: str) -> None:
    """Definitions, modules and drafts can be held against each other."""
    await published(p, order("1.0.0"), project=project)
    await published(p, order("1.1.0"), project=project)
    await drafted(p, order("1.2.0").rstrip("\n"), project=project)

    text = await diff_versions(p, project, "shop.order", "1.0.0", "1.1.0")
    python = await diff_versions(p, project, "shop.order", "1.0.0", "1.1.0", "python")
    draft = await diff_versions(p, project, "shop.order", "1.1.0", "draft")

    assert "-  version: 1.0.0  # raised with each change\n" in text
    assert '+@workflow.defn(name="shop.order@1.1.0")\n' in python
    assert draft.endswith("\\ No newline at end of file\n")
    assert await diff_versions(p, project, "shop.order", "1.0.0", "1.0.0", "package") == ""


async def compiled_before(p: Platform, project: str) -> CompiledCode:
    """A version that an older compiler made of the draft: with a comment at its end."""
    code = await published(p, order(), project=project, activate=False)
    source = code.source + "# written by an older compiler\n"
    older = replace(code, source=source, sha256=hash_of(source), compiler="0")
    async with p.store.begin() as tx:
        await tx.versions.delete(code.id)
        await tx.versions.store(older)
    return older


async def newest(p: Platform, action: str, event: str) -> tuple[AuditEntry, Event]:
    """The newest entry of an action, and the newest event of a type."""
    async with p.store.begin() as tx:
        events = [each for each in await tx.events.after(0) if each.type == event]
    return (await entries(p, action))[0], events[-1]


async def entries(p: Platform, action: str) -> list[AuditEntry]:
    """The entries of an action, the newest first."""
    async with p.store.begin() as tx:
        return [each for each in await tx.audit.list() if each.action == action]
