"""Definitions checked with everything around them, and what has to be fetched for them."""

import json
from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, Status, http_files

from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    Source,
    check_sources,
    prepare,
    read_source,
)
from everloom.settings import HttpSettings, Settings

SCHEMA = {"type": "object", "required": ["name"]}
ORIGIN = "https://schemas.example.com"


def source(name: str, *, do: list[Any] | None = None, **rest: Any) -> Source:
    """A definition of this name."""
    document = {"dsl": "1.0.3", "namespace": "samples", "name": name, "version": "1.0.0"}
    return Source(f"{name}.yaml", {"document": document, "do": do or SET, **rest})


SET = [{"one": {"set": {"one": 1}}}]


def runs(name: str) -> list[Any]:
    """A task that runs another definition."""
    return [
        {"run": {"run": {"workflow": {"namespace": "samples", "name": name, "version": "1.0.0"}}}}
    ]


@pytest.fixture
async def web() -> AsyncGenerator[HttpFiles]:
    """A server whose answers the test writes."""
    async with http_files() as server:
        yield server


@pytest.fixture
def around(tmp_path: Path, web: HttpFiles) -> Settings:
    """Settings that send one origin to that server."""
    return Settings(folder=tmp_path, http=HttpSettings(rewrite={ORIGIN: web.url("")}))


def fetches(uri: str = f"{ORIGIN}/person.json") -> Source:
    """A definition whose input has a schema elsewhere."""
    schema = {"schema": {"resource": {"endpoint": uri}}}
    return source("fetches", input=schema)


async def codes(settings: Settings, *sources: Source, closed: bool = False) -> list[str]:
    """Codes of the problems."""
    functions = CatalogFunctions(settings)
    checked = await check_sources(settings, sources, functions, closed=closed)
    return [problem.code for each in checked for problem in each.problems]


async def test_a_definition_alone_may_run_what_nobody_knows(around: Settings) -> None:
    """It is elsewhere; when it is to run, it has to be there."""
    parent = source("parent", do=runs("child"))

    assert await codes(around, parent) == []
    assert await codes(around, parent, closed=True) != []
    assert await codes(around, parent, source("child"), closed=True) == []


async def test_errors_of_all_are_told_together(around: Settings) -> None:
    """With the name of each; the one that runs them is not blamed."""
    wrong = Source("child.yaml", "do: []")

    with pytest.raises(DefinitionRefused) as raised:
        await prepare(around, source("parent", do=runs("child")), [wrong], CatalogFunctions(around))

    assert {each.source for each in raised.value.found} == {"child.yaml"}
    assert "child.yaml" in raised.value.message


async def test_one_name_for_two_definitions_is_refused(around: Settings) -> None:
    """Which one would run? The same one twice is one."""
    again, other = source("twice"), source("twice", do=[{"two": {"set": {"two": 2}}}])

    prepared = await prepare(around, source("twice"), [again], CatalogFunctions(around))

    assert len(prepared.all) == 1
    assert await codes(around, source("twice"), other) == ["definition-twice"]


async def test_queues_that_are_named_are_known(around: Settings) -> None:
    """So that somebody can serve them."""
    options = {"everloom": {"queue": "cards"}}
    call = {"method": "get", "endpoint": "https://example.com"}
    named = source("queues", do=[{"one": {"call": "http", "with": call, "metadata": options}}])

    prepared = await prepare(around, named, [], CatalogFunctions(around))

    assert prepared.queues == ("cards",)


async def test_a_schema_elsewhere_is_fetched_and_pinned(around: Settings, web: HttpFiles) -> None:
    """Through the door of calls; its hash is that of its bytes."""
    body = json.dumps(SCHEMA).encode()
    web.serve("/person.json", Status(200, body))

    checked = await check_sources(around, [fetches()], CatalogFunctions(around))

    assert checked[0].problems == ()
    assert checked[0].resources == {
        f"{ORIGIN}/person.json": (SCHEMA, sha256(body).hexdigest()),
    }


async def test_what_cannot_be_fetched_is_a_problem_in_its_place(
    around: Settings, web: HttpFiles
) -> None:
    """With the reason, and the pointer to who refers to it."""
    web.serve("/text.json", Status(200, b"{"))
    bad = fetches(f"{ORIGIN}/text.json")

    missing = (await check_sources(around, [fetches()], CatalogFunctions(around)))[0]
    unreadable = (await check_sources(around, [bad], CatalogFunctions(around)))[0]

    [problem] = missing.problems
    assert (problem.code, problem.pointer) == ("resource-unavailable", "/input/schema/resource")
    assert "404" in problem.message
    assert missing.definition is None
    assert [each.code for each in unreadable.problems] == ["resource-unreadable"]


async def test_a_private_address_is_not_fetched_from(tmp_path: Path, web: HttpFiles) -> None:
    """Who writes a definition does not choose what is reached."""
    found = await codes(Settings(folder=tmp_path), fetches(web.url("/person.json")))

    assert found == ["resource-unavailable"]


@pytest.mark.parametrize("name", ["none.yaml", ".", "a\0b"], ids=["missing", "folder", "no name"])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, name: str) -> None:
    """As everything else that is wrong with a definition."""
    with pytest.raises(DefinitionRefused) as raised:
        read_source(name, tmp_path)

    [found] = raised.value.found
    assert (found.source, found.problem.code) == (name, "file-unreadable")
