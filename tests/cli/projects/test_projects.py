"""`everloom projects`: create, list, show, set, delete, export and import."""

import pytest
from tests.cli.projects.conftest import ORDER, Shop


async def test_a_project_is_created_with_a_queue_of_its_own(empty: Shop) -> None:
    """Named by owner and name, with what was said of it."""
    made = await empty.ask(
        *("projects", "create", empty.project, "--title", "Tea shop", "--priority", "2"),
        *("--activities", "20", "--payload-size", "64KiB", "--roll-back", "20%"),
    )

    assert made["project"] == f"local/{empty.project}"
    assert made["queue"] == f"local-{empty.project}"
    assert (made["title"], made["priority"]) == ("Tea shop", 2)
    assert made["limits"]["activities"] == 20
    assert made["limits"]["payload_bytes"] == 64 * 1024
    assert made["limits"]["starts_per_minute"] is None
    assert made["rollback"] == {"failures": 0.2, "runs": 20, "window_seconds": 600}


async def test_people_read_the_name_of_what_was_created(empty: Shop) -> None:
    """The name is data; what comes next is talk."""
    done = await empty.type("projects", "create", f"ada/{empty.project}")

    assert done.code == 0
    assert done.out == f"ada/{empty.project}\n"
    assert f"queue ada-{empty.project}" in done.err


async def test_nothing_to_list_says_what_to_do(empty: Shop) -> None:
    """An empty list is no error."""
    told = await empty.type("projects", "list")

    assert (told.code, told.out) == (0, "")
    assert "`everloom projects create NAME`" in told.err
    assert await empty.ask("projects", "list") == {"projects": []}


async def test_projects_are_listed_with_their_workers(shop: Shop) -> None:
    """One that was never started says so."""
    told = await shop.type("projects", "list")
    [listed] = (await shop.ask("projects", "list", "--owner", "local"))["projects"]

    assert f"local/{shop.project}" in told.out
    assert "not started" in told.out
    assert (listed["worker"], listed["definitions"]) == (None, 0)


async def test_a_project_shows_its_limits_and_whose_they_are(shop: Shop) -> None:
    """Those of the settings are told apart from its own."""
    await shop.ask("projects", "set", shop.project, "--activities", "7")

    told = await shop.type("projects", "show", shop.project)

    lines = {line.split("  ")[0]: line for line in told.out.splitlines()}
    assert lines["Activities at once"].endswith(" 7")
    assert lines["Starts a minute"].endswith(" 600 (settings)")
    assert lines["Roll-back"].endswith(" off")


async def test_what_is_not_named_stays(shop: Shop) -> None:
    """A change of one thing changes no other."""
    await shop.ask("projects", "set", shop.project, "--activities", "7", "--roll-back", "50%")

    changed = await shop.ask(
        *("projects", "set", shop.project, "--starts-per-minute", "9", "--roll-back-runs", "5")
    )

    assert changed["title"] == "Tea shop"
    assert changed["limits"]["activities"] == 7
    assert changed["limits"]["starts_per_minute"] == 9
    assert changed["rollback"] == {"failures": 0.5, "runs": 5, "window_seconds": 600}


async def test_a_limit_is_given_back_to_the_settings(shop: Shop) -> None:
    """By a word of its own; likewise a roll-back is switched off."""
    await shop.ask("projects", "set", shop.project, "--activities", "7", "--roll-back", "50%")

    changed = await shop.ask(
        "projects", "set", shop.project, "--activities", "default", "--roll-back", "off"
    )

    assert changed["limits"]["activities"] is None
    assert changed["rollback"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["create", "Shop"], "project-name-invalid", id="name"),
        pytest.param(["create", "a/b/c"], "project-name-invalid", id="parts"),
        pytest.param(["create", "x", "--priority", "9"], "project-change-invalid", id="priority"),
        pytest.param(["create", "x", "--activities", "many"], "project-option-invalid", id="count"),
        pytest.param(["create", "x", "--activities", "0"], "project-change-invalid", id="zero"),
        pytest.param(["create", "x", "--payload-size", "big"], "project-option-invalid", id="size"),
        pytest.param(["create", "x", "--roll-back-runs", "3"], "project-option-invalid", id="runs"),
        pytest.param(
            ["create", "x", "--roll-back", "5%", "--roll-back-window", "soon"],
            "project-option-invalid",
            id="window",
        ),
        pytest.param(["show", "nobody"], "project-missing", id="missing"),
        pytest.param(["delete", "nobody", "--yes"], "project-missing", id="delete"),
        pytest.param(["export", "nobody", "files"], "project-missing", id="export"),
        pytest.param(["start", "nobody"], "project-missing", id="start"),
        pytest.param(["status", "nobody"], "project-missing", id="status"),
    ],
)
async def test_a_mistake_is_refused(empty: Shop, arguments: list[str], code: str) -> None:
    """As wrong input, with a code, in one document."""
    told = await empty.type("projects", *arguments, "--json")

    assert told.code == 2, told.err
    assert told.document["error"]["code"] == code


async def test_a_name_is_taken_once(shop: Shop) -> None:
    """And so is a queue, which two names may share."""
    same = await shop.type("projects", "create", shop.project)
    queue = await shop.type(
        "projects", "create", f"local-shop/{shop.project.removeprefix('shop-')}"
    )

    assert same.code == 1
    assert "code: project-exists" in same.err
    assert queue.code == 1
    assert "code: project-queue-taken" in queue.err


async def test_a_change_of_nothing_is_refused(shop: Shop) -> None:
    """Who forgot the option learns of it."""
    told = await shop.type("projects", "set", shop.project)

    assert told.code == 2
    assert "code: project-option-invalid" in told.err


async def test_a_project_is_deleted_once_somebody_says_yes(shop: Shop) -> None:
    """Where nobody can be asked, `--yes` is needed."""
    asked = await shop.type("projects", "delete", shop.project)
    done = await shop.ask("projects", "delete", shop.project, "--yes")

    assert asked.code == 2
    assert "code: confirmation-missing" in asked.err
    assert done == {"project": f"local/{shop.project}", "deleted": True, "open_runs": 0}
    assert await shop.ask("projects", "list") == {"projects": []}


async def test_a_project_goes_through_a_folder_without_loss(shop: Shop) -> None:
    """Under another name it has the same versions."""
    await shop.publish(ORDER, "--note", "the first")
    written = await shop.ask("projects", "export", shop.project, "files")

    copy = await shop.ask("projects", "import", "files", f"{shop.project}-2")
    asked = ("definitions", "versions", "shop.order", "--project")
    before = await shop.ask(*asked, shop.project)
    after = await shop.ask(*asked, f"{shop.project}-2")

    assert (shop.folder / "files" / written["files"][0]).exists()
    assert (copy["name"], copy["title"]) == (f"{shop.project}-2", "Tea shop")
    kept = ("version", "note", "sha256", "active")
    assert [[each[key] for key in kept] for each in after["versions"]] == [
        [each[key] for key in kept] for each in before["versions"]
    ]
