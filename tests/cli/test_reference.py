"""The pages of `docs/reference` say what the code says."""

from pathlib import Path

import pytest

from everloom.cli.main import Commands
from everloom.cli.reference import commands_page, errors_page, settings_page, wire_names_page
from everloom.cli.reference.errors import error_classes, problem_codes
from everloom.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
REMEDY = "run `python -m everloom.cli.reference` in the repository"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the repository's folder, whose settings name its applications."""
    monkeypatch.chdir(ROOT)


def read(name: str) -> str:
    """A page as it is kept."""
    return (PAGES / name).read_text(encoding="utf-8")


def test_the_commands_are_fresh() -> None:
    """Each help text, as it is shown."""
    assert read("commands.md") == commands_page(), REMEDY
    assert all(f"`everloom {name}`" in read("commands.md") for name in Commands.entries)


def test_the_errors_are_fresh() -> None:
    """Each code of the platform and the applications."""
    page = read("errors.md")

    assert page == errors_page(ROOT), REMEDY
    for folder in (ROOT / "src", ROOT / "apps"):
        codes = [*error_classes(folder), *problem_codes(folder)]
        assert [each.code for each in codes if f"`{each.code}`" not in page] == []


def test_the_settings_are_fresh() -> None:
    """Each setting, its default and its meaning."""
    page = read("settings.md")

    assert page == settings_page(ROOT), REMEDY
    assert all(f"## `{section}" in page for section in Settings.model_fields)


def test_the_wire_names_are_fresh() -> None:
    """Each name of the applications: changing one is seen by whoever reviews the page."""
    page = read("wire-names.md")

    assert page == wire_names_page(ROOT), REMEDY
    assert "`product-import`" in page


def test_a_code_has_one_meaning() -> None:
    """Two classes with one code could not be told apart by whoever gets it."""
    by_code: dict[str, list[str]] = {}
    for found in error_classes(ROOT / "src"):
        by_code.setdefault(found.code, []).append(found.name)

    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}


def test_every_error_is_explained() -> None:
    """Its docstring is what the page says."""
    assert [each.name for each in error_classes(ROOT / "src") if not each.meaning] == []
