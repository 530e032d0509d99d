"""What generated definitions compile to is Python as a careful person leaves it, and always the same."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.language.properties.gathering import generated
from tests.language.properties.problems import Json

from everloom.language import check_definition, compile_definition

ALLOWED = "ARG,I001,RUF001,RUF002,C901,PLR09"
"""Unneeded scopes, Everloom as a library, odd letters in odd texts, and tangles of the definition itself."""

ROOT = Path(__file__).parents[3]
COUNT = 50


def compiled(definition: dict[str, Json]) -> str:
    """The text of a definition that is right."""
    found = check_definition(definition).definition
    assert found is not None
    return compile_definition(found).source


@pytest.fixture(scope="module")
def definitions() -> list[dict[str, Json]]:
    """Definitions."""
    return [case.definition for case in generated(COUNT)]


@pytest.fixture(scope="module")
def folder(definitions: list[dict[str, Json]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with their compiled texts."""
    found = tmp_path_factory.mktemp("compiled") / "compiled"
    found.mkdir()
    (found / "__init__.py").write_text('"""Compiled definitions."""\n', encoding="utf-8")
    for number, each in enumerate(definitions):
        (found / f"case_{number}.py").write_text(compiled(each), encoding="utf-8", newline="\n")
    return found


def said_by(*command: str, cwd: Path = ROOT) -> str:
    """What a tool complains about; nothing when all is well."""
    found = subprocess.run(
        [sys.executable, "-m", *command], check=False, capture_output=True, text=True, cwd=cwd
    )
    return "" if found.returncode == 0 else found.stdout[-4000:] + found.stderr[-1000:]


def test_the_same_definition_becomes_the_same_text(definitions: list[dict[str, Json]]) -> None:
    """In this process and in another, whatever its hash seed."""
    texts = [compiled(each) for each in definitions]
    program = (
        "import json, sys\n"
        "from tests.language.properties.test_compiling import compiled\n"
        "json.dump([compiled(each) for each in json.load(sys.stdin)], sys.stdout)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        input=json.dumps(definitions),
        env={"PYTHONHASHSEED": "42"},
    )

    assert [compiled(json.loads(json.dumps(each))) for each in definitions] == texts
    assert json.loads(told.stdout) == texts


def test_the_text_is_python_of_lines_that_fit(folder: Path) -> None:
    """It parses, and nothing in it is hidden: what steers is written as an escape."""
    for file in folder.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        ast.parse(text)

        assert text.endswith("\n")
        assert all(each.isprintable() or each == "\n" for each in text), file.name


def test_the_text_is_formatted(folder: Path) -> None:
    """As the formatter would leave it."""
    assert said_by("ruff", "format", "--check", "--config", "pyproject.toml", str(folder)) == ""


def test_the_text_is_clean(folder: Path) -> None:
    """By the rules of the house."""
    house = ("--config", "pyproject.toml", "--ignore", ALLOWED)

    assert said_by("ruff", "check", *house, str(folder)) == ""
    elsewhere = ("--isolated", "--line-length", "100", str(folder))
    assert said_by("ruff", "check", *elsewhere, cwd=folder) == ""


@pytest.mark.timeout(300)
def test_the_text_is_typed(folder: Path) -> None:
    """Strictly."""
    wanted = {"typeCheckingMode": "strict", "include": [str(folder)], "pythonVersion": "3.11",
              "reportMissingTypeStubs": "none", "venvPath": str(ROOT), "venv": ".venv"}  # fmt: skip
    project = folder.parent / "pyrightconfig.json"
    project.write_text(json.dumps(wanted), encoding="utf-8")

    assert said_by("basedpyright", "--pythonpath", sys.executable, "-p", str(project)) == ""
