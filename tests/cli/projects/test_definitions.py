"""`everloom definitions` with a project: save, show, publish, activate, roll back, diff, delete."""

import pytest
from tests.cli.projects.conftest import ORDER, QUICK, Shop

NEXT = ORDER.replace("version: 1.0.0", "version: 1.1.0").replace(".count }", ".count + 5 }")
WRONG = ORDER.replace("listen:", "lissen:")


async def test_a_file_is_published_and_activated_in_one_go(shop: Shop) -> None:
    """The type that runs of it have is the answer."""
    file = shop.write("order.yaml", ORDER)

    done = await shop.type(
        *("definitions", "publish", file, "--project", shop.project, "--note", "the first"),
        "--activate",
    )
    [kept] = (await shop.here("definitions", "versions", "shop.order"))["versions"]

    assert done.code == 0, done.err
    assert done.out == "shop.order@1.0.0\n"
    assert (kept["version"], kept["state"], kept["note"]) == ("1.0.0", "active", "the first")
    assert kept["author"] == "local"


async def test_what_is_published_is_not_active_by_itself(shop: Shop) -> None:
    """Somebody has to say so."""
    file = shop.write("order.yaml", ORDER)

    done = await shop.type("definitions", "publish", file, "--project", shop.project)
    [kept] = (await shop.here("definitions", "versions", "shop.order"))["versions"]

    assert "no run begins on it yet" in done.err
    assert kept["state"] == "published"


async def test_a_definition_with_errors_is_saved_and_not_published(shop: Shop) -> None:
    """Each is told with its place, as `check` tells it."""
    file = shop.write("wrong.yaml", WRONG)

    saved = await shop.here("definitions", "save", file)
    told = await shop.type("definitions", "publish", "shop.order", "--project", shop.project)
    document = (
        await shop.type(
            *("definitions", "publish", "shop.order", "--project", shop.project, "--json")
        )
    ).document

    assert saved["revision"] == 1
    assert told.code == 2
    assert "shop.order:" in told.err
    assert "Nothing was published." in told.err
    assert document["status"] == "refused"
    assert document["problems"][0]["pointer"].startswith("/do")


async def test_a_file_that_was_refused_can_be_put_right(shop: Shop) -> None:
    """What was wrong is not kept as a draft that stands in the way of what is right."""
    wrong, right = shop.write("wrong.yaml", WRONG), shop.write("order.yaml", ORDER)

    refused = await shop.type("definitions", "publish", wrong, "--project", shop.project)
    done = await shop.type("definitions", "publish", right, "--project", shop.project)

    assert (refused.code, done.code) == (2, 0), done.err
    assert done.out == "shop.order@1.0.0\n"


async def test_the_same_again_changes_nothing(shop: Shop) -> None:
    """Publishing is safe to repeat."""
    first = await shop.publish(ORDER)

    again = await shop.publish(ORDER)

    assert again["sha256"] == first["sha256"]
    assert len((await shop.here("definitions", "versions", "shop.order"))["versions"]) == 1


async def test_another_text_of_the_same_version_is_refused(shop: Shop) -> None:
    """Versions never change; `--as` gives the text another number."""
    await shop.publish(ORDER)
    file = shop.write("order.yaml", NEXT.replace("1.1.0", "1.0.0"))

    refused = await shop.type("definitions", "publish", file, "--project", shop.project)
    done = await shop.here("definitions", "publish", "shop.order", "--as", "1.0.1")

    assert refused.code == 1
    assert "code: version-exists" in refused.err
    assert done["version"] == "1.0.1"


async def test_two_editors_do_not_overwrite_each_other(shop: Shop) -> None:
    """The second one learns who was quicker, and loses nothing."""
    await shop.here("definitions", "save", shop.write("first.yaml", ORDER))
    ada = shop.write("ada.yaml", ORDER + "# Ada was here\n")
    bob = shop.write("bob.yaml", ORDER + "# Bob was here\n")
    await shop.here("definitions", "save", ada, "--revision", "1")

    refused = await shop.type(
        "definitions", "save", bob, "--revision", "1", "--project", shop.project, "--json"
    )
    kept = await shop.here("definitions", "show", "shop.order")

    assert refused.code == 1
    assert refused.document["error"]["code"] == "draft-changed"
    assert kept["text"].endswith("# Ada was here\n")
    assert kept["revision"] == 2


async def test_without_a_revision_only_a_published_draft_is_replaced(shop: Shop) -> None:
    """What is nowhere else stays."""
    await shop.publish(ORDER)
    unpublished = await shop.here("definitions", "save", shop.write("next.yaml", NEXT))

    refused = await shop.type(
        *("definitions", "publish", shop.write("other.yaml", ORDER + "# more\n")),
        *("--project", shop.project),
    )

    assert unpublished["revision"] == 2
    assert refused.code == 1
    assert "code: draft-changed" in refused.err


async def test_new_runs_go_to_another_version_and_back(shop: Shop) -> None:
    """Activating and rolling back say what was active before."""
    await shop.publish(ORDER)
    await shop.here("definitions", "publish", shop.write("next.yaml", NEXT))

    forth = await shop.here("definitions", "activate", "shop.order", "1.1.0")
    back = await shop.type("definitions", "roll-back", "shop.order", "--project", shop.project)
    chosen = await shop.here("definitions", "roll-back", "shop.order", "--to", "1.1.0")

    assert (forth["version"], forth["before"]) == ("1.1.0", "1.0.0")
    assert back.out == "shop.order@1.0.0\n"
    assert "Open runs of 1.1.0 stay on it." in back.err
    assert chosen["version"] == "1.1.0"


async def test_two_versions_are_compared(shop: Shop) -> None:
    """As texts, or as the Python they became; a draft is compared too."""
    await shop.publish(ORDER)
    await shop.here("definitions", "publish", shop.write("next.yaml", NEXT))
    asked = ("definitions", "diff", "shop.order")

    text = await shop.type(*asked, "1.0.0", "1.1.0", "--project", shop.project)
    python = await shop.here(*asked, "1.0.0", "1.1.0", "--python")
    same = await shop.type(*asked, "1.1.0", "draft", "--project", shop.project)

    assert "+  version: 1.1.0" in text.out.splitlines()
    assert "count + 5" in python["diff"]
    assert python["what"] == "python"
    assert (same.out, same.err) == ("", "They are the same.\n")


async def test_a_definition_is_printed_as_it_was_written(shop: Shop) -> None:
    """So it can be saved into a file, changed, and saved again."""
    await shop.publish(ORDER)
    asked = ("definitions", "show", "shop.order")

    draft = await shop.type(*asked, "--project", shop.project)
    version = await shop.type(*asked, "1.0.0", "--project", shop.project)
    python = await shop.type(*asked, "1.0.0", "--python", "--project", shop.project)

    assert draft.out == version.out == ORDER
    assert "Revision 1, saved by local." in draft.err
    assert "class Order" in python.out


async def test_definitions_are_listed_with_draft_and_active_version(shop: Shop) -> None:
    """A draft that differs from every version says so."""
    nothing = await shop.type("definitions", "list", "--project", shop.project)
    await shop.publish(ORDER)
    await shop.here("definitions", "save", shop.write("quick.yaml", QUICK))

    told = await shop.type("definitions", "list", "--project", shop.project)
    order, quick = (await shop.here("definitions", "list"))["definitions"]

    assert "There are no definitions." in nothing.err
    assert "1, unpublished" in told.out
    assert (order["name"], order["active"], order["unpublished"]) == ("shop.order", "1.0.0", False)
    assert (quick["name"], quick["active"], quick["unpublished"]) == ("shop.quick", None, True)


async def test_a_version_and_a_definition_are_deleted(shop: Shop) -> None:
    """Not the active one, and not without a yes."""
    await shop.publish(ORDER)
    await shop.here("definitions", "publish", shop.write("next.yaml", NEXT))
    asked = ("definitions", "delete", "shop.order")

    unasked = await shop.type(*asked, "--project", shop.project)
    active = await shop.type(*asked, "1.0.0", "--yes", "--project", shop.project)
    gone = await shop.here(*asked, "1.1.0", "--yes")
    whole = await shop.here(*asked, "--yes")

    assert (unasked.code, active.code) == (2, 1)
    assert "code: version-active" in active.err
    assert gone == {"name": "shop.order", "version": "1.1.0", "deleted": True}
    assert whole["version"] is None
    assert await shop.here("definitions", "list") == {"definitions": []}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["activate", "shop.order", "9.9.9"], "version-missing", id="activate"),
        pytest.param(["activate", "shop.ordre", "1.0.0"], "definition-missing", id="name"),
        pytest.param(["roll-back", "shop.order", "--to", "9.9.9"], "version-missing", id="back"),
        pytest.param(["diff", "shop.order", "1.0.0", "9.9.9"], "version-missing", id="diff"),
        pytest.param(["show", "shop.tea"], "definition-missing", id="show"),
        pytest.param(["versions", "shop.tea"], "definition-missing", id="versions"),
        pytest.param(["fix", "shop.order", "1.0.0", "--of", "9.9.9"], "version-missing", id="fix"),
        pytest.param(["score", "shop.tea"], "definition-missing", id="score"),
        pytest.param(["delete", "shop.tea", "--yes"], "definition-missing", id="delete"),
        pytest.param(["publish", "shop.tea"], "definition-missing", id="publish"),
        pytest.param(
            ["publish", "shop.order", "--as", "new"], "version-not-writable", id="no-version"
        ),
    ],
)
async def test_what_is_not_there_is_refused(shop: Shop, arguments: list[str], code: str) -> None:
    """With the nearest that is."""
    await shop.publish(ORDER)

    told = await shop.type("definitions", *arguments, "--project", shop.project, "--json")

    assert told.code == 2, told.err
    assert told.document["error"]["code"] == code


async def test_nothing_is_before_the_first_version(shop: Shop) -> None:
    """A roll-back has to lead somewhere."""
    await shop.publish(ORDER)

    told = await shop.type("definitions", "roll-back", "shop.order", "--project", shop.project)

    assert told.code == 1
    assert "code: version-none-before" in told.err


async def test_a_file_that_is_not_there_is_refused(shop: Shop) -> None:
    """As `check` does it."""
    told = await shop.type("definitions", "publish", "nothing.yaml", "--project", shop.project)

    assert told.code == 2
    assert "file-unreadable" in told.err


@pytest.mark.parametrize("command", ["save", "publish"])
async def test_a_file_that_cannot_be_read_says_where(shop: Shop, command: str) -> None:
    """Not that it has no name: nobody could know."""
    file = shop.write("broken.yaml", "document: {name: [order}\n")

    told = await shop.type("definitions", command, file, "--project", shop.project, "--json")

    assert told.code == 2
    assert told.document["status"] == "refused"
    assert "broken.yaml:1:" in told.err
