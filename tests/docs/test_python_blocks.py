"""Every Python block of every page is run, and not merely imported.

The tests that run them are spread over the rooms; this one holds them to it. A block on a page
without a test fails here, and so does a workflow or a function that the page's test does not call.
"""

import ast
import re
from itertools import groupby
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, Block, places, read_blocks

RUN_BY = {
    "README.md": "tests/docs/scenes.py",
    "docs/guides/children.md": "tests/authoring/test_children.py",
    "docs/guides/definitions/calling-python-activities.md": "tests/docs/test_definitions.py",
    "docs/guides/dependencies.md": "tests/catalog/test_call_scope.py",
    "docs/guides/entities.md": "tests/authoring/test_messages_guides.py",
    "docs/guides/fan-out.md": "tests/authoring/test_each.py",
    "docs/guides/from-the-sdk.md": "tests/plugin/test_from_the_sdk.py",
    "docs/guides/logs.md": "tests/worker/test_log_levels.py",
    "docs/guides/long-activities.md": "tests/authoring/test_resuming.py",
    "docs/guides/messages.md": "tests/authoring/test_messages_guides.py",
    "docs/guides/payloads.md": "tests/payloads/test_guide.py",
    "docs/guides/safe-change.md": "tests/worker/test_safe_change_guide.py",
    "docs/guides/sagas.md": "tests/authoring/test_saga.py",
    "docs/guides/schedules.md": "tests/docs/scenes.py",
    "docs/guides/testing.md": "tests/testing/test_guide.py",
    "docs/guides/timers.md": "tests/authoring/test_timers.py",
    "docs/guides/versions.md": "tests/docs/scenes.py",
    "docs/tutorial/first-definition.md": "tests/docs/test_definition_tutorial.py",
    "docs/tutorial/first-workflow.md": "tests/docs/test_tutorial.py",
}

BLOCKS = read_blocks("python", "py")
BY_PAGE = {block.page: [each for each in BLOCKS if each.page == block.page] for block in BLOCKS}
COMMANDS = {
    page: [line for block in blocks for line in block.commands]
    for page, blocks in groupby(read_blocks("shell"), key=lambda block: block.page)
}
SERVED = ("activity_type", "defn", "provider", "fixture")
"""Decorators of what a worker calls: an activity runs when its workflow does."""


def test_every_page_with_python_has_a_test() -> None:
    """A block on a page that no test runs is named by file and line."""
    homeless = [block for block in BLOCKS if block.page not in RUN_BY]

    assert not homeless, f"no test runs {places(homeless)}: add one, and name it in RUN_BY"
    assert set(RUN_BY) == set(BY_PAGE)


@pytest.mark.parametrize("page", BY_PAGE)
def test_what_the_page_defines_is_called(page: str) -> None:
    """The page's test reads the page, and calls each workflow and each function of it.

    By its name, by its wire name, by a command or through other code of the page; a test that the page shows is
    called by pytest.
    """
    test = (ROOT / RUN_BY[page]).read_text(encoding="utf-8")
    assert re.search(
        rf"\b{re.escape(page.rsplit('/', maxsplit=1)[-1].removesuffix('.md'))}\b", test
    )
    called = {
        block.place: [name for name, words in _entries(block) if not _is_called(words, page, test)]
        for block in BY_PAGE[page]
    }

    assert {place: names for place, names in called.items() if names} == {}


def _entries(block: Block) -> list[tuple[str, set[str]]]:
    """What somebody has to call for it to run, and the words it may be called by."""
    found: list[tuple[str, set[str]]] = []
    for node in ast.parse(block.text).body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = [_words(mark) for mark in node.decorator_list]
        if isinstance(node, ast.ClassDef):
            workflows = [mark for mark in marks if mark[0] in ("workflow_type", "defn")]
            found += [(node.name, {node.name, *mark[1:]}) for mark in workflows]
        elif not node.name.startswith("test_") and not any(mark[0] in SERVED for mark in marks):
            found.append((node.name, {node.name}))
    return found


def _words(mark: ast.expr) -> list[str]:
    """The last name of a decorator, and the texts it is given."""
    called = mark.func if isinstance(mark, ast.Call) else mark
    name = called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)
    texts = [node.value for node in ast.walk(mark) if isinstance(node, ast.Constant)]
    return [name, *(text for text in texts if isinstance(text, str))]


def _is_called(words: set[str], page: str, test: str) -> bool:
    modules = {Path(block.file).stem for block in BY_PAGE[page] if block.file} | {"guide"}
    commands = "\n".join(line for line in COMMANDS.get(page, ()))
    return (
        any(re.search(rf"(?<![\w.-]){re.escape(word)}\b", test + commands) for word in words)
        or any(f"{module}.{word}" in test for module in modules for word in words)
        or any(_uses(block, words) for block in BY_PAGE[page])
    )


def _uses(block: Block, words: set[str]) -> bool:
    """Whether code of the page uses one of the names, other than where it is defined."""
    names = {node.id for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Name)}
    return bool(names & words)
