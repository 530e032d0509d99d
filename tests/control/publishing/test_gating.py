"""A newer compiler changes nothing that runs, unless it is asked to, and the runs replay."""

from dataclasses import replace

from tests.control.publishing.running import DirectReplays, paid, result, served, started, waits
from tests.control.publishing.shop import BY, WAITING, order, published
from tests.control.publishing.test_publishing import entries

from everloom.control.projects import Platform
from everloom.control.projects.folders import hash_of
from everloom.control.publishing import gate_versions, list_versions, read_version
from everloom.language import COMPILER
from everloom.store import CompiledCode

NEW = f"1.0.0+compiler.{COMPILER}"


async def compiled_before(p: Platform, project: str, *changes: tuple[str, str]) -> CompiledCode:
    """The active version of orders, as if an older compiler had written it in another way."""
    code = await published(p, order("1.0.0", WAITING), project=project)
    source = code.source + "# written by an older compiler\n"
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    older = replace(code, source=source, sha256=hash_of(source), compiler="0")
    async with p.store.begin() as tx:
        await tx.versions.delete(code.id)
        await tx.versions.store(older)
    return older


async def test_version_that_compiles_to_the_same_text_is_left_alone(
    p: Platform, project: str
) -> None:
    """Nothing has to be replayed."""
    await published(p, order(), project=project)

    report = await gate_versions(p, project, replays=DirectReplays(p.settings))

    assert (report.unchanged, report.changed) == (("shop.order@1.0.0",), ())


async def test_what_would_change_is_told_and_not_done(p: Platform, project: str) -> None:
    """The report says which runs replay on the new text."""
    older = await compiled_before(p, project)
    async with served(p, project):
        run = await started(p, older)
        await waits(p, run)

    report = await gate_versions(p, project, replays=DirectReplays(p.settings))

    [changed] = report.changed
    assert (changed.fix, changed.is_done) == (f"shop.order@{NEW}", False)
    assert [each.workflow_id for each in changed.replayed] == [run]
    assert await read_version(p, project, "shop.order") == older


async def test_runs_go_on_with_what_the_newer_compiler_made(p: Platform, project: str) -> None:
    """When asked: the version is fixed by its new text, and is found so by its next gate."""
    older = await compiled_before(p, project, ("Thank you", "Thanks"))
    async with served(p, project):
        run = await started(p, older)
        await waits(p, run)

    await gate_versions(p, project, replays=DirectReplays(p.settings), by=BY, apply=True)

    new = await read_version(p, project, "shop.order", NEW)
    again = await gate_versions(p, project, replays=DirectReplays(p.settings))
    assert (await read_version(p, project, "shop.order")).fixed_by == new.id
    assert again.unchanged == (new.type_name,)
    assert [each.subject for each in await entries(p, "version.fix")] == [new.type_name]
    async with served(p, project):
        await paid(p, run)
        assert await result(p, run) == {"text": "Thank you"}
        fresh = await started(p, older)
        await paid(p, fresh)
        assert await result(p, fresh) == {"text": "Thank you"}


async def test_version_whose_runs_do_not_replay_stays_as_it_is(p: Platform, project: str) -> None:
    """One run that parts from the new text is enough, open or closed."""
    older = await compiled_before(
        p,
        project,
        ("from everloom.flow import", "from datetime import timedelta\nfrom everloom.flow import"),
        ("listen, task", "listen, sleep, task"),
        ("data = await", "await sleep(here, timedelta(milliseconds=1))\n        data = await"),
    )
    async with served(p, project):
        run = await started(p, older)
        await waits(p, run)

    report = await gate_versions(p, project, replays=DirectReplays(p.settings), apply=True)

    assert [each.workflow_id for each in report.changed[0].pinned] == [run]
    assert not report.changed[0].is_done
    assert [each.code.version for each in await list_versions(p, project, "shop.order")] == [
        "1.0.0"
    ]


async def test_version_that_cannot_be_numbered_anew_is_named(p: Platform, project: str) -> None:
    """The others are looked at all the same."""
    text = order(">-\n    1.0.0").replace("  # raised with each change", "")
    code = await published(p, text, project=project)
    await published(p, order(name="other"), project=project)
    source = f"{code.source}# written by an older compiler\n"
    async with p.store.begin() as tx:
        await tx.versions.delete(code.id)
        await tx.versions.store(replace(code, source=source, sha256=hash_of(source)))

    report = await gate_versions(p, project, replays=DirectReplays(p.settings))

    assert report.unchanged == ("shop.other@1.0.0",)
    assert "is not one value on one line" in report.refused["shop.order@1.0.0"]


async def test_version_that_does_not_compile_any_more_is_named(p: Platform, project: str) -> None:
    """With what is wrong with it now."""
    code = await published(p, order(), project=project, activate=False)
    broken = replace(code, definition=order(tasks="    - a: {}\n"))
    async with p.store.begin() as tx:
        await tx.versions.delete(code.id)
        await tx.versions.store(broken)

    report = await gate_versions(p, project, replays=DirectReplays(p.settings))

    assert list(report.refused) == ["shop.order@1.0.0"]
    assert report.refused["shop.order@1.0.0"].startswith("8:")
