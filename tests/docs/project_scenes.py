"""What has to be there before the commands of the guides about projects can be typed."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from tests.docs.pages import ROOT, blocks_of
from tests.docs.terminal import Terminal
from tests.waiting import eventually

QUICKLY = "hosts: {heartbeat: 1s, placement_heartbeat: 2s, drain: 2s}\n"
FOLDER = "docs/guides/projects"


def hosts(page: str, *names: str) -> Callable[[Terminal], AbstractAsyncContextManager[None]]:
    """The files of a page are saved, and hosts carry projects."""

    @asynccontextmanager
    async def carried(terminal: Terminal) -> AsyncGenerator[None]:
        terminal.write("everloom.yaml", QUICKLY)
        for block in blocks_of(ROOT / page):
            if block.file:
                terminal.write(block.file, block.text)
        async with AsyncExitStack() as stack:
            for name in names:
                line = f"everloom host --name {name}"
                await stack.enter_async_context(terminal.running(line, "host ready"))
            yield

    return carried


@asynccontextmanager
async def a_published_shop(terminal: Terminal) -> AsyncGenerator[None]:
    """A project with a definition, and two hosts."""
    definition = "document: {dsl: 1.0.3, namespace: shop, name: tea, version: 1.0.0}\n"
    terminal.write("tea.yaml", f"{definition}do: [{{brew: {{set: {{ready: true}}}}}}]\n")
    async with hosts(HOSTS, "two", "three")(terminal):
        await typed(terminal, "everloom projects create shop")
        await typed(terminal, "everloom definitions publish tea.yaml --project shop --activate")
        yield
        assert "stopped" in await typed(terminal, "everloom projects status shop")


@asynccontextmanager
async def two_unpaid_orders(terminal: Terminal) -> AsyncGenerator[None]:
    """Two orders wait to be paid; afterwards each was told by its own code who did."""
    async with hosts(GATE, "one")(terminal):
        await typed(terminal, "everloom projects create shop")
        await typed(terminal, "everloom definitions publish order.yaml --project shop --activate")
        await typed(terminal, "everloom projects start shop")
        for number, gift in ((21, "false"), (22, "true")):
            line = f"everloom run shop.order --project shop --id order-{number}"
            await typed(terminal, f"""{line} --input '{{"gift": {gift}}}'""")
            await eventually(lambda: terminal.is_listening(f"local-shop/order-{number}"), within=30)  # noqa: B023
        yield
        for number, text in ((21, "Paid by Ada"), (22, "Paid by ")):
            told = await terminal.temporal.workflow_result(
                f"local-shop/order-{number}", None, dict[str, str]
            )
            assert told == {"text": text}


@asynccontextmanager
async def a_served_shop(terminal: Terminal) -> AsyncGenerator[None]:
    """A project is served."""
    async with hosts(STATISTICS, "one")(terminal):
        await typed(terminal, "everloom projects create shop")
        await typed(terminal, "everloom projects start shop")
        yield


async def typed(terminal: Terminal, line: str) -> str:
    """What a command wrote that has to end well."""
    done = await terminal.type(line)
    assert done.code == 0, f"{line}: {done.code}\n{done.output}"
    return done.output


PUBLISHING = f"{FOLDER}/publishing.md"
HOSTS = f"{FOLDER}/hosts.md"
GATE = f"{FOLDER}/replay-gate.md"
STATISTICS = f"{FOLDER}/statistics.md"
