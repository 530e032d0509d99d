"""A project as a folder of files: without loss, and nothing comes in that does not fit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.control.publishing.running import DirectReplays, served, started, waits
from tests.control.publishing.shop import BY, WAITING, drafted, order, published

from everloom.control.projects import (
    ExportFolderTaken,
    ImportInvalid,
    Platform,
    create_project,
    delete_project,
    export_project,
    import_project,
    list_projects,
    read_project,
    update_project,
)
from everloom.control.projects.folders import hash_of
from everloom.control.publishing import (
    list_versions,
    publish,
    publish_fix,
    read_draft,
    read_version,
    save_draft,
)
from everloom.store import AutomaticRollback, Limits, ProjectQueueTaken

VERSION = "shop.order/versions/1.0.0"


def held(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


async def filled(p: Platform, project: str) -> None:
    """A project with everything that one can have."""
    await update_project(
        p,
        project,
        title="Büro: 商店",
        description="Two lines,\nand: a colon.",
        limits=Limits(activities=7, payload_bytes=1000),
        rollback=AutomaticRollback(failures=0.25, runs=5, window_seconds=60),
        priority=2,
        by=BY,
    )
    await published(p, order("1.0.0", WAITING), project=project)
    await published(p, order("1.1.0").replace("\n", "\r\n"), project=project)
    await published(
        p,
        '{"document": {"dsl": "1.0.3", "namespace": "shop", "name": "json", "version":'
        ' "0.1.0"}, "do": [{"a": {"set": {"b": 1}}}]}',
        project=project,
    )
    await drafted(p, order("1.2.0", WAITING), project=project)
    await publish_fix(
        p,
        project,
        "shop.order",
        "1.2.0",
        "1.0.0",
        replays=DirectReplays(p.settings),
        by="grace",
        note="repaired",
    )
    await save_draft(p, project, "document: {", name="shop.broken", by=BY)


async def test_project_goes_out_and_comes_in_without_loss(
    p: Platform, project: str, tmp_path: Path
) -> None:
    """What is exported of the import is the same, byte for byte, but for the project's name."""
    await filled(p, project)
    await export_project(p, project, tmp_path / "one")

    await import_project(p, tmp_path / "one", "ada/copy", by=BY)

    await export_project(p, "ada/copy", tmp_path / "two")
    one, two = held(tmp_path / "one"), held(tmp_path / "two")
    one["project.yaml"] = one["project.yaml"].replace(project.encode(), b"ada/copy")
    assert two == one


async def test_imported_project_is_like_the_one_that_was_exported(
    p: Platform, project: str, tmp_path: Path
) -> None:
    """Versions with their states and texts, fixes, drafts with their errors, limits."""
    await filled(p, project)
    await export_project(p, project, tmp_path / "out")

    copy = await import_project(p, tmp_path / "out", "ada/copy", by=BY)

    original = await read_project(p, project)
    theirs = await read_version(p, "ada/copy", "shop.order", "1.0.0")
    ours = await read_version(p, project, "shop.order", "1.0.0")
    fix = await read_version(p, "ada/copy", "shop.order", "1.2.0")
    assert (copy.title, copy.limits, copy.rollback) == (
        original.title,
        original.limits,
        original.rollback,
    )
    assert (theirs.source, theirs.files, theirs.lines) == (ours.source, ours.files, ours.lines)
    assert (theirs.fixed_by, fix.fixes) == (fix.id, theirs.id)
    assert [each.words for each in await list_versions(p, "ada/copy", "shop.order")] == [
        "published",
        "active",
        "published",
    ]
    assert (await read_draft(p, "ada/copy", "shop.broken")).draft == "document: {"


async def test_imported_version_runs(p: Platform, project: str, tmp_path: Path) -> None:
    """Its code is loaded like any other."""
    await published(p, order(tasks=WAITING), project=project)
    await export_project(p, project, tmp_path / "out")
    name = f"{project}-b"

    await import_project(p, tmp_path / "out", name, by=BY)

    async with served(p, name):
        await waits(p, await started(p, await read_version(p, name, "shop.order")))


async def test_export_takes_the_place_of_the_one_before(
    p: Platform, project: str, tmp_path: Path
) -> None:
    """What was deleted goes; what belongs to git, and a page about it, stay."""
    await filled(p, project)
    await export_project(p, project, tmp_path / "out")
    for name in (".git/config", "README.md"):
        (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_text("mine")
    other = f"{project}-b"
    await create_project(p, other, by=BY)
    await published(p, order(name="other"), project=other)

    files = await export_project(p, other, tmp_path / "out")

    assert set(held(tmp_path / "out")) == {*files, ".git/config", "README.md"}
    assert "shop.other/draft.yaml" in files
    assert not (tmp_path / "out" / "shop.order").exists()


async def test_folder_of_something_else_is_not_written_into(
    p: Platform, project: str, tmp_path: Path
) -> None:
    """Nothing of it is overwritten."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.py").write_text("pass")

    with pytest.raises(ExportFolderTaken, match=r"main\.py"):
        await export_project(p, project, tmp_path / "code")


def text(file: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Changes a file."""

    def apply(folder: Path) -> None:
        path = folder / file
        path.write_text(change(path.read_text()))

    return apply


def said(key: str, value: object) -> Callable[[Path], None]:
    """Changes what `version.json` says."""

    def change(content: str) -> str:
        return json.dumps({**json.loads(content), key: value})

    return text(f"{VERSION}/version.json", change)


def without(file: str) -> Callable[[Path], None]:
    """Removes a file."""
    return lambda folder: (folder / file).unlink()


def added(file: str, content: bytes) -> Callable[[Path], object]:
    """Writes a file."""
    return lambda folder: (folder / file).write_bytes(content)


def linked(folder: Path) -> None:
    """Puts a link in the place of a file."""
    file = folder / "shop.order/draft.yaml"
    file.unlink()
    file.symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param(without("project.yaml"), "project.yaml", id="no project"),
        pytest.param(text("project.yaml", lambda _: "a: ["), "project.yaml", id="no YAML"),
        pytest.param(
            text("project.yaml", lambda _: "title: 2020-13-45"), "project.yaml", id="no such day"
        ),
        pytest.param(text("project.yaml", lambda _: "[" * 9000), "project.yaml", id="too deep"),
        pytest.param(
            text("project.yaml", lambda held: held.replace("format: 1", "format: 2")),
            "project.yaml",
            id="another format",
        ),
        pytest.param(
            text("project.yaml", lambda held: held.replace("priority: 3", "priority: 9")),
            "project.yaml",
            id="impossible priority",
        ),
        pytest.param(without("shop.order/draft.yaml"), "shop.order/draft.yaml", id="no draft"),
        pytest.param(linked, "shop.order/draft.yaml", id="a link"),
        pytest.param(
            added("shop.order/draft.json", b"{}"),
            "shop.order/draft.yaml",
            id="two drafts",
        ),
        pytest.param(added("notes.txt", b"x"), "notes.txt", id="a stray file"),
        pytest.param(
            added("project.yaml", b"\xff"),
            "project.yaml",
            id="not UTF-8",
        ),
        pytest.param(
            without(f"{VERSION}/version.json"), f"{VERSION}/version.json", id="no version file"
        ),
        pytest.param(
            text(f"{VERSION}/definition.yaml", lambda held: held + "# more\n"),
            f"{VERSION}/definition.yaml",
            id="a changed definition",
        ),
        pytest.param(
            text(f"{VERSION}/package/order/workflow.py", lambda held: held + "import os\n"),
            f"{VERSION}/package/order/workflow.py",
            id="changed code",
        ),
        pytest.param(
            without(f"{VERSION}/package/README.md"),
            f"{VERSION}/package/README.md",
            id="a file of the package is missing",
        ),
        pytest.param(said("sha256", "0" * 64), f"{VERSION}/version.json", id="another hash"),
        pytest.param(said("type_name", "shop.x@1.0.0"), f"{VERSION}/version.json", id="name"),
        pytest.param(said("created_at", "soon"), f"{VERSION}/version.json", id="no time"),
        pytest.param(
            said("created_at", "0001-01-01T00:00:00+14:00"),
            f"{VERSION}/version.json",
            id="no such year",
        ),
        pytest.param(said("fixes", "0.9.0"), f"{VERSION}/version.json", id="fix of nothing"),
        pytest.param(said("active", "yes"), f"{VERSION}/version.json", id="another type"),
    ],
)
async def test_folder_that_does_not_fit_is_refused_whole(
    p: Platform, project: str, tmp_path: Path, change: Callable[[Path], object], place: str
) -> None:
    """The file is named with the reason, and nothing is imported."""
    await published(p, order(), project=project)
    await export_project(p, project, tmp_path / "out")
    change(tmp_path / "out")

    with pytest.raises(ImportInvalid) as refused:
        await import_project(p, tmp_path / "out", "ada/copy", by=BY)

    assert place in [each.place for each in refused.value.problems]
    assert [each.name for each in await list_projects(p)] == [project.partition("/")[2]]


async def test_project_is_not_imported_onto_the_queue_of_hosts(
    p: Platform, project: str, tmp_path: Path
) -> None:
    """What may not be created may not come in either."""
    await export_project(p, project, tmp_path / "out")

    with pytest.raises(ProjectQueueTaken):
        await import_project(p, tmp_path / "out", "everloom/hosts", by=BY)


@pytest.mark.parametrize("path", ["order/workflow.py", "order/activities.py"])
async def test_code_that_our_compiler_does_not_make_is_not_imported(
    p: Platform, project: str, tmp_path: Path, path: str
) -> None:
    """Whoever changes the hashes too is found by compiling again; trusting it is in the log."""
    await published(p, order(), project=project)
    await export_project(p, project, tmp_path / "out")
    forge(tmp_path / "out", path)

    with pytest.raises(ImportInvalid, match="not what our compiler makes"):
        await import_project(p, tmp_path / "out", "ada/copy", by=BY)

    await import_project(p, tmp_path / "out", "ada/copy", by=BY, trust=True)
    async with p.store.begin() as tx:
        entry = (await tx.audit.list())[0]
    assert (entry.action, entry.forced) == ("project.import", True)


def forge(folder: Path, path: str = "order/workflow.py") -> None:
    """Change the code of a version, and all hashes with it."""
    module = folder / VERSION / "package" / path
    module.write_text(module.read_text() + "print('caught')\n")
    file = folder / VERSION / "version.json"
    content = json.loads(file.read_text())
    content["files"][path] = hash_of(module.read_bytes())
    if path == content["source"]:
        content["sha256"] = content["files"][path]
    file.write_text(json.dumps(content))


TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n\t\r\u2028"
    ),
    max_size=60,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=TEXTS, description=TEXTS, draft=TEXTS, note=TEXTS)
async def test_any_text_survives(
    p: Platform, project: str, tmp_path: Path, title: str, description: str, draft: str, note: str
) -> None:
    """Whatever people write goes out and comes in as it was."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir(exist_ok=True)
    await create_project(p, "ada/any", title=title, description=description, by=BY)
    await save_draft(p, "ada/any", draft, name="shop.any", by=BY)
    await drafted(p, order(), project="ada/any")
    await publish(p, "ada/any", "shop.order", note=note, by=BY)

    await export_project(p, "ada/any", tmp_path / "one")
    await import_project(p, tmp_path / "one", "ada/any-copy", by=BY)
    await export_project(p, "ada/any-copy", tmp_path / "two")

    one, two = held(tmp_path / "one"), held(tmp_path / "two")
    two["project.yaml"] = two["project.yaml"].replace(b"ada/any-copy", b"ada/any")
    copy = await read_project(p, "ada/any-copy")
    assert (copy.title, copy.description) == (title, description)
    assert (await read_draft(p, "ada/any-copy", "shop.any")).draft == draft
    assert two == one
    for each in ("ada/any", "ada/any-copy"):
        await delete_project(p, each, by=BY)
