"""What the compiler writes for definitions that people would draw."""

import subprocess
import sys

import pytest

from .golden_files import compiled, names, path_of


@pytest.mark.parametrize("name", names())
def test_a_definition_compiles_to_the_text_that_was_reviewed(name: str) -> None:
    """A change of what is written is seen by a person: `make golden` writes the files anew."""
    assert compiled(name).source == path_of(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_each_task_is_found_at_its_line(name: str) -> None:
    """The source map leads from a task's pointer to the line where its method begins."""
    result = compiled(name)
    lines = result.source.splitlines()

    for pointer, line in result.source_map.items():
        begins = lines[line - 1].strip()
        assert begins.startswith(("@", "async def ")), (pointer, begins)
        if begins.startswith("@") and begins.endswith(")"):
            assert pointer in begins


def test_another_process_writes_the_same_text() -> None:
    """Neither hash seeds nor the order of anything come into it."""
    code = (
        "from tests.language.golden_files import compiled, names\n"
        "print(*(compiled(name).sha256 for name in names()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "7"},
    )

    assert told.stdout.split() == [compiled(name).sha256 for name in names()]
