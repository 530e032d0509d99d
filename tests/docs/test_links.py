"""What pages name is there: other pages and their sections, commands, settings, folders."""

import re
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, list_pages, prose_of

from everloom.settings import Loaded, Settings, describe_settings

PAGES = [*list_pages(), *sorted((ROOT / "docs" / "reference").glob("*.md"))]
REFERENCE = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[[^]]+\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)")


def name(page: Path) -> str:
    """The name of a case."""
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file of this checkout, and to a section that it has."""
    dead: list[str] = []
    for target, anchor in LINK.findall(prose_of(page)):
        file = (page.parent / target) if target else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            dead.append(f"{target}#{anchor}")

    assert dead == []


def test_every_guide_is_in_the_index() -> None:
    """Nobody has to know its name to find it."""
    guides = {page.name for page in (ROOT / "docs" / "guides").glob("*.md")} - {"README.md"}
    index = (ROOT / "docs" / "guides" / "README.md").read_text(encoding="utf-8")

    assert {target for target, _ in LINK.findall(index)} >= guides


def test_every_design_page_is_in_the_map() -> None:
    """The table of decisions is complete."""
    pages = {page.name for page in (ROOT / "docs" / "design").glob("*.md")} - {"map.md"}
    table = (ROOT / "docs" / "design" / "map.md").read_text(encoding="utf-8")

    assert {target for target, _ in LINK.findall(table)} >= pages


def test_the_map_of_the_readme_is_the_tree() -> None:
    """It names every room and every shelf, and none that is not there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [tree] = re.findall(r"^## The map\n\n```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rooms = {
        each.name
        for each in (ROOT / "src" / "everloom").iterdir()
        if (each / "__init__.py").exists()
    }
    shelves = {f"docs/{each.name}" for each in (ROOT / "docs").iterdir() if each.is_dir()}

    assert {room for room in rooms if not re.search(rf"\b{room}\b", tree)} == set()
    assert set(re.findall(r"^((?:docs/)\w+)/", tree, re.MULTILINE)) == shelves
    assert all((ROOT / folder).is_dir() for folder in re.findall(r"^([\w/]+)/", tree, re.MULTILINE))


@pytest.mark.parametrize("page", list_pages(), ids=name)
def test_commands_that_are_named_exist(page: Path) -> None:
    """Each `everloom ...` in a sentence is a command that there is."""
    wrong: list[str] = []
    for words in re.findall(r"(?:`|^|\s)everloom ((?:[\w-]+ ?)+)", prose_of(page)):
        first, second = [*words.split(), ""][:2]
        known = f"## `everloom {first}`" in REFERENCE
        if not known or (second and _has_commands(first) and not _is_command(first, second)):
            wrong.append(words)

    assert wrong == []


@pytest.mark.parametrize("page", list_pages(), ids=name)
def test_settings_that_are_named_exist(page: Path) -> None:
    """Each variable, and each setting of a section, is one that there is."""
    rows = {row.name for row in describe_settings(Loaded(Settings(), {}, None))}
    sections = {row.partition(".")[0] for row in rows if "." in row} - {"apps"}
    text = prose_of(page)
    variables = re.findall(r"\bEVERLOOM_([A-Z]+__[A-Z_]*[A-Z])\b", text)
    named = {
        found.lower().replace("__", ".") for found in variables if not found.startswith("APPS")
    }
    named |= set(re.findall(rf"`((?:{'|'.join(sections)})\.[a-z_]+)(?:: [^`]*)?`", text))

    assert {each for each in named - rows if not NO_SETTINGS.search(each)} == set()


NO_SETTINGS = re.compile(
    r"\.(?:py|json|db|log|unsafe|client|patience|field)$|^run\.(?:container|script|shell|workflow)$"
)
"""Files, attributes of objects, and tasks of definitions, that look like a setting."""


def _is_command(group: str, name: str) -> bool:
    return f"## `everloom {group} {name}`" in REFERENCE


def _has_commands(group: str) -> bool:
    return re.search(rf"^## `everloom {group} ", REFERENCE, re.MULTILINE) is not None


def _anchors(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w -]", "", each.lower()).strip().replace(" ", "-") for each in headings}
    return made | set(re.findall(r'<a id="([\w-]+)"></a>', text))
