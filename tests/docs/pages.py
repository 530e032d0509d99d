"""The pages that people read, and the fenced blocks in them.

Pages that are made from the code (`docs/reference`, but for the words and the product files) hold
no examples and are left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = ("commands.md", "errors.md", "settings.md", "wire-names.md")
FENCE = re.compile(r"^(`{3,})(\w*)\s*$")


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    page: str
    line: int
    """Of its first fence."""
    language: str
    section: str
    """The nearest heading above it."""
    text: str

    @property
    def place(self) -> str:
        """Where it is, as an editor takes it."""
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file that its first line names: `# shop.py`, `# parcels/worker.py, step 1`."""
        named = re.match(r"# ([\w/.]+\.(?:py|yaml))\b", self.text)
        return named[1] if named else None

    @property
    def commands(self) -> list[str]:
        """The lines that somebody types; one that goes on after a backslash is one."""
        joined = self.text.replace("\\\n", " ")
        return [line for line in joined.splitlines() if line.strip() and line[0] != "#"]


def list_pages() -> list[Path]:
    """Every page, the root's first."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    found += sorted(ROOT.glob("apps/*/README.md"))
    found += sorted((ROOT / "docs").rglob("*.md"))
    return [page for page in found if page.name not in GENERATED]


def read_blocks(*languages: str) -> list[Block]:
    """All blocks of these languages, in their order; without a name, of all languages."""
    blocks = [block for page in list_pages() for block in blocks_of(page)]
    return [block for block in blocks if not languages or block.language in languages]


def blocks_of(page: Path) -> list[Block]:
    """The blocks of one page."""
    name = str(page.relative_to(ROOT))
    found: list[Block] = []
    section, opened, fence, inside = "", 0, "", list[str]()
    language = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        match = FENCE.match(line)
        if opened and match and match[1] == fence and not match[2]:
            found.append(Block(name, opened, language, section, "\n".join([*inside, ""])))
            opened = 0
        elif opened:
            inside.append(line)
        elif match:
            opened, fence, language, inside = number, match[1], match[2], []
        elif line.startswith("#"):
            section = line
    assert not opened, f"{name}:{opened}: the block has no end"
    return found


def prose_of(page: Path) -> str:
    """A page without its Python."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```python\n.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def places(blocks: Sequence[Block]) -> str:
    """Where blocks are, for a failure's text."""
    return ", ".join(block.place for block in blocks)
