"""Rules of the house that no linter knows."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "apps").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
BANNED_NAMES = {
    "utils", "util", "helpers", "common", "base", "misc", "types", "manager", "handler", "service",
}  # fmt: skip

DOORS = {
    "temporalio.client": "temporal plugin testing",
    "temporalio.worker": "worker plugin testing",
    "fastapi": "api",
    "obstore": "objects",
    "structlog": "observe",
    "subprocess": "engine worker testing steps",
    "psutil": "engine worker testing steps",
    "httpx2": "steps",
    "grpc": "steps",
    "mcp": "steps",
    "sqlalchemy": "store",
    "alembic": "store",
}
"""What hurts, and the rooms of the platform that may import it."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, as written."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", [*CODE, *TESTS, *BENCHMARKS], ids=name)
def test_a_module_is_short(path: Path) -> None:
    """Nobody has to scroll through more than 400 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_is_named_by_what_it_answers(path: Path) -> None:
    """Drawers for leftovers have no name here."""
    assert path.stem not in BANNED_NAMES


@pytest.mark.parametrize("path", CODE, ids=name)
def test_what_hurts_has_one_door(path: Path) -> None:
    """Each dependency that hurts is imported in its room only."""
    parts = path.relative_to(ROOT).parts
    if parts[:2] != ("src", "everloom"):
        return
    room = parts[2]
    through_the_wall = [
        imported
        for imported in imports(path)
        for door, rooms in DOORS.items()
        if (imported == door or imported.startswith(f"{door}.")) and room not in rooms.split()
    ]

    assert through_the_wall == []


@pytest.mark.parametrize("path", CODE, ids=name)
def test_only_settings_reads_the_environment(path: Path) -> None:
    """One reader, so that one command can tell where every value came from."""
    if "settings" in path.parts:
        return
    text = path.read_text(encoding="utf-8")

    assert "os.environ" not in text
    assert "getenv" not in text


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_tests_wait_for_the_thing_itself(path: Path) -> None:
    """A test that sleeps is slow on a good day and wrong on a bad one."""
    if path.name in {"waiting.py", "test_house_rules.py"}:
        return
    text = path.read_text(encoding="utf-8")

    assert "unittest.mock" not in text
    assert "time.sleep(" not in text


def test_every_room_is_on_the_map() -> None:
    """A room that the map does not show is a room nobody finds."""
    shown = (ROOT / "docs" / "design" / "map.md").read_text(encoding="utf-8")
    rooms = [
        path.name
        for path in (ROOT / "src" / "everloom").iterdir()
        if (path / "__init__.py").exists()
    ]

    assert [room for room in rooms if f"`{room}/`" not in shown] == []


@pytest.mark.parametrize("path", CODE, ids=name)
def test_imports_are_real(path: Path) -> None:
    """No import that exists for the type checker alone: it would hide a cycle."""
    assert "TYPE_CHECKING" not in path.read_text(encoding="utf-8")


BROUGHT_ALONG = {"protobuf", "pydantic-core", "starlette", "pyyaml", "httpcore2"}
"""Distributions that ours cannot be without: of temporalio, pydantic, fastapi, httpx2."""

ASKED_FOR = {"grpcio", "grpcio-tools", "mcp", "mcp-types"}
"""Distributions of extras. What needs them is imported when a definition calls for it first."""


def test_what_everloom_imports_comes_with_it() -> None:
    """Who installs it without the packages of the applications can import all of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=]", each)[0] for each in project["dependencies"]}
    brought = (
        names | BROUGHT_ALONG | ASKED_FOR | {"everloom", "pytest"}
    )  # pytest: for those who have it
    found = packages_distributions()
    imported = {
        module.partition(".")[0]
        for path in (ROOT / "src").rglob("*.py")
        for module in imports(path)
    }
    lacking = {
        module
        for module in imported & set(found)
        if not {each.lower().replace("_", "-") for each in found[module]} & brought
    }

    assert lacking == set()
