"""Every command of every page is typed, in the order of the page, by a real shell.

It has to end well, or with the code its scene names; what the page shows as its output is what it
writes. A new command is typed without anybody adding it here. What cannot be typed in a test stands
in `not_typed.py`, by its words and with the reason.
"""

from itertools import groupby

import pytest
from tests.docs.not_typed import NOT_TYPED
from tests.docs.pages import ROOT, Block, blocks_of, places, read_blocks
from tests.docs.scenes import SCENES, Scene
from tests.docs.terminal import Terminal, differences

OWN_TESTS = {
    "docs/tutorial/first-workflow.md": "tests/docs/test_tutorial.py, which kills a process midway",
    "docs/tutorial/first-definition.md": "tests/docs/test_definition_tutorial.py, which does too",
}

READY = {
    "everloom dev": "Everything stays up",
    "everloom worker": "worker polls",
    "everloom host ": "host ready",
}
"""Commands that stay up, and the word after which they are ended as Ctrl-C does."""

PAGES = {
    page: list(blocks)
    for page, blocks in groupby(read_blocks("shell"), key=lambda block: block.page)
    if page not in OWN_TESTS
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", PAGES)
async def test_every_command_of_the_page_works(page: str, terminal: Terminal) -> None:
    """In the order of the page, with the output that it shows."""
    scene = SCENES.get(page, Scene())

    async with scene.setting(terminal):
        for block in PAGES[page]:
            output = "".join([await _typed(line, scene, terminal) for line in block.commands])
            for shown in _shown_after(block):
                missing = differences(shown.text, output)
                assert not missing, f"{shown.place}: not written: {missing}\n{output}"


def test_every_exception_is_still_needed() -> None:
    """A command that was taken out of its page is taken out of the table too."""
    commands = [line for block in read_blocks("shell") for line in block.commands]

    assert [line for line in NOT_TYPED if line not in commands] == []
    assert [page for page in (*OWN_TESTS, *SCENES) if not (ROOT / page).exists()] == []


def test_every_block_says_what_it_is() -> None:
    """A language that no test knows would be run by none."""
    known = {"python", "shell", "yaml", "toml", "json", "text"}
    strange = [block for block in read_blocks() if block.language not in known]

    assert not strange, places(strange)


def test_every_output_is_that_of_a_command() -> None:
    """Text that is shown stands below the command that writes it, or is told apart here."""
    others = {
        ("README.md", "## The map"): "the folders of this checkout: test_links.py",
        (
            "docs/guides/safe-change.md",
            "## While you edit",
        ): "written by a reload: tests/worker/test_rehearsal.py",
    }
    of_commands = [
        shown for blocks in PAGES.values() for block in blocks for shown in _shown_after(block)
    ]
    texts = [block for block in read_blocks("text") if block.page not in OWN_TESTS]
    left = [block for block in texts if block not in of_commands]

    assert {(block.page, block.section) for block in left} == set(others)


async def _typed(line: str, scene: Scene, terminal: Terminal) -> str:
    if line in NOT_TYPED:
        return ""
    if line in scene.before:
        await scene.before[line](terminal)
    if line.startswith("cd "):
        terminal.folder /= line.removeprefix("cd ").strip()
        return ""
    word = next((word for begins, word in READY.items() if _stays_up(line, begins)), None)
    done = await (terminal.type_until(line, word) if word else terminal.type(line))
    assert done.code == scene.codes.get(line, 0), f"{line}: {done.code}\n{done.output}"
    return done.output


def _stays_up(line: str, begins: str) -> bool:
    return begins in line and "--once" not in line


def _shown_after(block: Block) -> list[Block]:
    """The text that follows a block of commands in its section, up to the next commands."""
    rest = [other for other in blocks_of(ROOT / block.page) if other.line > block.line]
    shown: list[Block] = []
    for other in rest:
        if other.section != block.section or other.language != "text":
            break
        shown.append(other)
    return shown
