"""Every definition on every page is checked; one with an input is run, and gives what the page says.

How a page says it: `definition_blocks.py`. The Python of `calling-python-activities` is run with it.
"""

import ast

import pytest
from tests.docs.definition_blocks import (
    Shown,
    belongs_to_a_definition,
    list_cases,
    list_shown,
    python_files,
)
from tests.docs.definition_runs import Case, Json, differences, run_all, the_world
from tests.docs.pages import places, read_blocks
from tests.docs.terminal import Terminal

from everloom.language import check_definition

SHOWN = list_shown()
CASES = list(list_cases())


def place(shown: Shown | Case) -> str:
    """The name of a case."""
    return shown.name if isinstance(shown, Case) else shown.place


@pytest.fixture(scope="session")
async def results(
    documented: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Json]:
    """What came of every definition with an input."""
    terminal = Terminal(tmp_path_factory.mktemp("definitions"), documented.temporal)
    with the_world(terminal, *python_files()):
        for file, text in python_files().items():
            terminal.write(file, text)
        return await run_all(terminal, CASES)


@pytest.mark.parametrize("shown", SHOWN, ids=place)
def test_a_definition_is_right(shown: Shown) -> None:
    """Nothing is wrong with it, unless the page says so; nothing is warned of either."""
    checked = check_definition(shown.block.text)

    if shown.is_refused:
        assert checked.errors
    else:
        assert [problem.message for problem in checked.problems] == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("case", CASES, ids=place)
def test_a_definition_gives_what_the_page_says(case: Case, results: dict[str, Json]) -> None:
    """Its output or its fault, and the events that it emits."""
    assert differences(case, results[case.name]) == []


def test_every_json_below_a_definition_says_what_it_is() -> None:
    """A block that no test reads could say anything."""
    pages = {shown.block.page for shown in SHOWN if shown.told}
    strange = [
        block
        for block in read_blocks("json")
        if block.page in pages and not belongs_to_a_definition(block)
    ]

    assert not strange, places(strange)


def test_python_beside_a_definition_is_python() -> None:
    """It is written into files, and called by the definitions."""
    for text in python_files().values():
        assert ast.parse(text).body
