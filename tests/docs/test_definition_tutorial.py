"""`docs/tutorial/first-definition.md`, done as it says, from its first block to its last."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import psutil
import pytest
from tests.docs.definition_blocks import line_above
from tests.docs.not_typed import NOT_TYPED
from tests.docs.pages import ROOT, Block, blocks_of
from tests.docs.terminal import Terminal, Typed, differences
from tests.waiting import eventually

from everloom.engine import free_port

PAGE = "docs/tutorial/first-definition.md"
CODES = {"everloom definitions check order.yaml": 2, "-1}'": 1}
"""Commands that end otherwise than well, by how they end."""

STAYS_UP = {"everloom dev": "Ready", "python stock.py": "started"}
KILL = "pkill -9 -f everloom.worker.definitions.child"
CHILD = "everloom.worker.definitions.child"
LARGE = "--id order-7"
LATER = "goes on to its end:"
"""Above what the order that waits says at last."""


@dataclass
class Reader:
    """Somebody who does what the page says."""

    terminal: Terminal
    stack: AsyncExitStack
    port: int = field(default_factory=free_port)
    """Where the stock answers, instead of the page's port."""
    said: str = ""
    """What the commands above have said."""
    large: asyncio.Task[Typed] | None = None
    """The order that waits for its owner."""

    async def read(self, block: Block) -> None:
        """Do what one block says."""
        if block.file:
            text = block.text.replace("8099", str(self.port))
            self.terminal.write(block.file, text)
        elif block.language == "shell":
            self.said = ""
            for line in block.commands:
                await self.do(line)
        elif block.language == "text":
            await self.compare(block)

    async def do(self, line: str) -> None:
        """Type one command, or do what it does."""
        if line in NOT_TYPED:
            return
        if line.startswith("cd "):
            self.terminal.folder /= line.removeprefix("cd ")
        elif line in STAYS_UP:
            running = self.terminal.running(f"echo started; exec {line}", STAYS_UP[line], within=90)
            await self.stack.enter_async_context(running)
        elif line == KILL:
            self.kill()
        elif LARGE in line:
            self.large = asyncio.create_task(self.terminal.type(line, within=100))
            await eventually(lambda: self.terminal.is_listening("order-7"), within=60)
        else:
            await self.type(line)

    async def type(self, line: str) -> None:
        """Type one command, and wait for its end."""
        done = await self.terminal.type(line, within=100)
        code = next((code for end, code in CODES.items() if line.endswith(end)), 0)
        assert done.code == code, f"{line}: {done.code}\n{done.output}"
        self.said += done.output

    async def compare(self, block: Block) -> None:
        """Hold a text of the page to what was said."""
        said = self.said
        if line_above(block).endswith(LATER):
            assert self.large is not None
            done = await self.large
            assert done.code == 0, done.output
            assert "serving process lost; started again" in done.output
            said = done.output
        missing = differences(block.text, said.replace(str(self.port), "8099"))
        assert not missing, f"{block.place}: not written: {missing}\n{said}"

    def kill(self) -> None:
        """Kill what serves the large order: on this machine others may be served as well."""
        runs = [each for each in psutil.process_iter(["cmdline"]) if _is_large(each)]
        children = [child for run in runs for child in run.children(recursive=True)]
        [served] = [child for child in children if CHILD in " ".join(child.cmdline())]
        served.kill()


def _is_large(process: psutil.Process) -> bool:
    words: list[str] = process.info["cmdline"] or []
    return "order-7" in words and "run" in words


@pytest.mark.timeout(600)
async def test_the_tutorial_works(terminal: Terminal) -> None:
    """Every file is saved, every command typed, every text that is shown compared."""
    async with AsyncExitStack() as stack:
        reader = Reader(terminal, stack)
        for block in blocks_of(ROOT / PAGE):
            await reader.read(block)


def test_nothing_of_it_is_left_out() -> None:
    """Its blocks are files, commands or what these say."""
    strange = [
        block.place
        for block in blocks_of(ROOT / PAGE)
        if not block.file and block.language not in {"shell", "text"}
    ]

    assert strange == []
