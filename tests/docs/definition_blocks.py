"""The definitions on the pages, and what the pages say of them.

A YAML block that begins with `document:` is a definition (a comment may stand above it). JSON blocks
that follow it say what comes of it; the line above each tells what it is: `Input:`, `Events:`,
`Output:`, `Fault:` or `Emits:`. A definition with an input is run. One that the line above calls
`refused:` has errors.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.docs.definition_runs import Case
from tests.docs.pages import ROOT, Block, blocks_of, list_pages

Json = Any
WORDS = ("Input:", "Events:", "Output:", "Fault:", "Emits:")


@dataclass(frozen=True)
class Shown:
    """A definition on a page."""

    block: Block
    is_refused: bool
    told: dict[str, Json] = field(default_factory=dict[str, Json])
    """JSON below it, by the word above that."""

    @property
    def place(self) -> str:
        """Where it is."""
        return self.block.place

    @property
    def name(self) -> str:
        """What it is called: namespace, name and version, as far as its text shows them."""
        return " ".join(
            found[1].strip("'\"") if found else ""
            for key in ("namespace", "name", "version")
            for found in [re.search(rf"\b{key}: *([^\s,}}]+)", self.block.text)]
        )


def is_definition(block: Block) -> bool:
    """Whether a block is a definition, and no settings."""
    lines = [line for line in block.text.splitlines() if line.strip() and line[0] != "#"]
    return block.language in {"yaml", "yml"} and bool(lines) and lines[0].startswith("document:")


def belongs_to_a_definition(block: Block) -> bool:
    """Whether a JSON block says what comes of a definition."""
    return any(block in {each for each, _ in _below(shown.block)} for shown in shown_on(block.page))


@cache
def shown_on(page: str) -> tuple[Shown, ...]:
    """The definitions of a page."""
    return tuple(
        Shown(
            block,
            line_above(block).endswith("refused:"),
            {word: json.loads(each.text) for each, word in _below(block)},
        )
        for block in blocks_of(ROOT / page)
        if is_definition(block)
    )


def list_shown() -> list[Shown]:
    """The definitions of all pages."""
    return [shown for page in _pages() for shown in shown_on(page)]


def list_cases() -> Iterator[Case]:
    """Those that have an input, and what must come of them."""
    for shown in list_shown():
        if "Input:" in shown.told:
            yield _case(shown)


def python_files() -> dict[str, str]:
    """The Python that definitions call, by the names of its files."""
    pages = {shown.block.page for shown in list_shown() if "@default" in shown.block.text}
    blocks = [block for page in sorted(pages) for block in blocks_of(ROOT / page)]
    return {
        block.file: block.text
        for block in blocks
        if block.language == "python" and block.file and "/" not in block.file
    }


def _case(shown: Shown) -> Case:
    told = shown.told
    expected: dict[str, Json] = {"status": "faulted" if "Fault:" in told else "completed"}
    keys = {"Output:": "output", "Fault:": "error", "Emits:": "emitted"}
    expected |= {key: told[word] for word, key in keys.items() if word in told}
    others = [
        other.block.text
        for other in shown_on(shown.block.page)
        if "workflow:" in shown.block.text and other.name != shown.name and not other.is_refused
    ]
    case = Case(shown.place, shown.block.text, told["Input:"], expected, others=others)
    return replace(case, events=told.get("Events:", ()))


def _below(block: Block) -> list[tuple[Block, str]]:
    """The JSON blocks below a definition, up to the next, and the word above each."""
    found: list[tuple[Block, str]] = []
    for other in blocks_of(ROOT / block.page):
        if other.line > block.line and is_definition(other):
            break
        if other.line > block.line and other.language == "json" and line_above(other) in WORDS:
            found.append((other, line_above(other)))
    return found


def line_above(block: Block) -> str:
    """The last line before a block that is not empty."""
    lines = _lines(ROOT / block.page)[: block.line - 1]
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


@cache
def _lines(page: Path) -> list[str]:
    return page.read_text(encoding="utf-8").splitlines()


def _pages() -> list[str]:
    return [str(page.relative_to(ROOT)) for page in list_pages()]
