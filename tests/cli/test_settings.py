"""`everloom settings` and `everloom version`."""

import asyncio

from tests.cli.conftest import Start, Type


async def test_every_setting_is_listed_with_value_source_and_meaning(everloom: Type) -> None:
    """Those of the application too, with their own meanings."""
    outcome = await everloom("settings", "--json", EVERLOOM_WORKER__DRAIN="1m")

    rows = {row["name"]: row for row in outcome.document["settings"]}
    assert rows["worker.drain"]["value"] == "1m"
    assert rows["worker.drain"]["source"] == "EVERLOOM_WORKER__DRAIN"
    assert rows["catalog.packages"]["source"] == "everloom.yaml"
    assert rows["apps.greeter.word"]["meaning"] == "What a greeting begins with."
    assert all(row["meaning"] for row in rows.values())


async def test_secrets_of_applications_are_masked(everloom: Type) -> None:
    """By their type, by their name, and inside addresses."""
    outcome = await everloom(
        "settings",
        EVERLOOM_APPS__GREETER__DOOR_KEY="hunter2",
        EVERLOOM_APPS__GREETER__DATABASE="postgresql://ada:hunter2@db/shop?token=hunter2",
        EVERLOOM_APPS__OTHER__API_TOKEN="hunter2",
        EVERLOOM_STORE__OBJECTS_SECRET="hunter2",
    )

    assert outcome.code == 0
    assert "hunter2" not in outcome.out + outcome.err
    assert "postgresql://ada:**********@db/shop" in outcome.out
    assert "apps.other.api_token = **********" in outcome.out


async def test_only_what_differs_is_listed_when_asked(everloom: Type) -> None:
    """So that a difference between two installations is seen."""
    outcome = await everloom("settings", "--changed", "--json")

    assert {row["name"] for row in outcome.document["settings"]} == {
        "catalog.packages",
        "catalog.paths",
        "queues.bind",
    }


async def test_the_schema_knows_the_applications_settings(everloom: Type) -> None:
    """Editors complete and check them too."""
    outcome = await everloom("settings", "schema")

    apps = outcome.document["properties"]["apps"]["properties"]
    assert set(apps["greeter"]["properties"]) == {"word", "door_key", "database"}


async def test_versions_are_shown(everloom: Type) -> None:
    """What a report of a mistake needs."""
    outcome = await everloom("version", "--json")
    short = await everloom("--version")

    assert {"everloom", "python", "temporalio"} <= outcome.document.keys()
    assert short.out.split() == ["everloom", outcome.document["everloom"]]


async def test_a_reader_that_goes_away_is_no_error(start: Start) -> None:
    """`everloom settings | head -1` complains about no broken pipe."""
    process = await start("settings")
    assert process.stdout is not None
    assert process.stderr is not None
    await process.stdout.readline()
    process.stdout._transport.close()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - asyncio has no other way to stop reading

    said = await asyncio.wait_for(process.stderr.read(), timeout=20)

    assert b"Traceback" not in said
    assert b"Broken pipe" not in said


async def test_the_schema_is_there_while_the_settings_are_wrong(everloom: Type) -> None:
    """Whoever misspelt a setting can look up how it is spelt."""
    wrong = await everloom("settings", EVERLOOM_WORKER__DRAN="1m")
    outcome = await everloom("settings", "schema", EVERLOOM_WORKER__DRAN="1m")

    assert wrong.code == 2
    assert "`everloom settings schema`" in wrong.err
    assert outcome.code == 0
    assert "Did you mean `drain`?" in outcome.err
    assert "worker" in outcome.document["properties"]
