"""Every example definition is checked, run with each of its inputs, and gives what stands beside it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.definition_runs import EXAMPLES, Case, Json, differences, run_all, the_world
from tests.docs.terminal import Terminal

from everloom.language import check_definition
from everloom.language.graph import to_svg

FOLDERS = sorted(folder.parent for folder in EXAMPLES.glob("*/definition.yaml"))


def read(file: Path) -> str:
    """What stands in a file."""
    return file.read_text(encoding="utf-8")


def cases_of(folder: Path) -> Iterator[Case]:
    """`input.json` with `expected.json`, `other.input.json` with `other.expected.json`."""
    for expected in sorted(folder.glob("*expected.json")):
        prefix = expected.name.removesuffix("expected.json")
        events = folder / f"{prefix}events.jsonl"
        yield Case(
            name=f"{folder.name}/{prefix.rstrip('.') or 'as it is'}",
            definition=read(folder / "definition.yaml"),
            input=json.loads(read(folder / f"{prefix}input.json")),
            expected=json.loads(read(expected)),
            events=[json.loads(line) for line in read(events).splitlines()]
            if events.exists()
            else [],
            others=[read(other) for other in sorted(folder.glob("with.*.yaml"))],
        )


CASES = [case for folder in FOLDERS for case in cases_of(folder)]


@pytest.fixture(scope="session")
async def results(
    documented: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Json]:
    """What came of every case."""
    terminal = Terminal(tmp_path_factory.mktemp("examples"), documented.temporal)
    with the_world(terminal):
        return await run_all(terminal, CASES)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_example_gives_what_stands_beside_it(case: Case, results: dict[str, Json]) -> None:
    """Its status, its output or its error, and where it is said the tasks and the events."""
    assert differences(case, results[case.name]) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_has_an_input_a_result_and_a_line_in_the_table(folder: Path) -> None:
    """Nobody has to guess what it is for."""
    assert (folder / "input.json").exists()
    assert (folder / "expected.json").exists()
    assert f"[{folder.name}]({folder.name}/definition.yaml)" in read(EXAMPLES / "README.md")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_says_what_it_is(folder: Path) -> None:
    """It has a title and a summary."""
    text = read(folder / "definition.yaml")

    assert re.search(r"^  title: \S", text, re.MULTILINE)
    assert re.search(r"^  summary: \S", text, re.MULTILINE)


def test_every_host_of_the_examples_is_sent_to_the_server() -> None:
    """None of them is called for real."""
    called = {
        host
        for folder in FOLDERS
        for file in folder.glob("*.yaml")
        for host in re.findall(r"https://([\w.-]+\.example)/", read(file))
        if re.search(rf"(?:endpoint|uri|authority): .*https://{re.escape(host)}", read(file))
    }
    sent = set(re.findall(r"https://([\w.-]+\.example):", read(EXAMPLES / "everloom.yaml")))

    assert called <= sent


def test_the_picture_of_the_pages_is_that_of_its_definition() -> None:
    """`everloom definitions graph FILE --output PICTURE` draws it anew."""
    folder = EXAMPLES / "order-approval"
    checked = check_definition(read(folder / "definition.yaml"))
    assert checked.definition is not None

    assert to_svg(checked.definition) == read(folder / "definition.svg")
