"""What has to be there before the commands of a page can be typed, and what holds afterwards.

A page without a scene is typed in an empty folder.
"""

import asyncio
import importlib
import re
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from tests.docs import project_scenes as projects
from tests.docs.pages import ROOT, blocks_of
from tests.docs.terminal import Terminal
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.temporal import find_schedule, read_history, read_presence, read_schedule

WORKER = "EVERLOOM_WORKER__DRAIN=1s everloom worker --processes 1"

Step = Callable[[Terminal], Awaitable[None]]


@asynccontextmanager
async def an_empty_folder(terminal: Terminal) -> AsyncGenerator[None]:
    """Nothing is needed."""
    yield


@dataclass(frozen=True)
class Scene:
    """One page's."""

    setting: Callable[[Terminal], AbstractAsyncContextManager[None]] = an_empty_folder
    codes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Exit codes other than 0, by command."""
    before: Mapping[str, Step] = field(default_factory=dict[str, Step])
    """What happens meanwhile, before a command is typed."""


def code_of(page: str) -> list[str]:
    """The Python blocks of a page."""
    return [block.text for block in blocks_of(ROOT / page) if block.language == "python"]


async def run(terminal: Terminal, workflow: str, value: object, queue: str) -> object:
    """Start a run, and wait for its result."""
    options = StartOptions(id=f"{workflow}-{uuid4()}", queue=queue)
    run_id = await terminal.temporal.start_workflow(workflow, value, options)
    return await terminal.temporal.workflow_result(options.id, run_id, None)


async def begin(terminal: Terminal, workflow: str, value: object, id: str, queue: str) -> None:
    """Start a run, and wait until a worker has taken it up and waits for something."""
    await terminal.temporal.start_workflow(
        workflow, value, StartOptions(id=id, queue=queue, if_exists="new")
    )

    async def is_taken_up() -> bool:
        history = await read_history(terminal.temporal, id)
        kinds = ("timer_started", "activity_task_scheduled")
        fields = [f"{kind}_event_attributes" for kind in kinds]
        done = "workflow_task_completed_event_attributes"
        waits = any(event.HasField(name) for event in history.events for name in fields)  # pyright: ignore[reportArgumentType]
        return waits or (workflow == "cart" and any(e.HasField(done) for e in history.events))

    await eventually(is_taken_up, within=20)


@asynccontextmanager
async def a_cart(terminal: Terminal) -> AsyncGenerator[None]:
    """The guide's cart is open."""
    terminal.write("carts.py", "\n\n".join(code_of("docs/guides/messages.md")))
    terminal.write("everloom.yaml", "catalog: {packages: [carts]}\n")
    async with terminal.running(WORKER, "worker polls"):
        await begin(terminal, "cart", 10, "cart-42", "standard")
        yield
        assert await terminal.temporal.workflow_result("cart-42", None, list[str]) == ["lamp"]


@asynccontextmanager
async def two_orders(terminal: Terminal) -> AsyncGenerator[None]:
    """Two orders wait for their timer, and the code is about to check each one first."""
    before, after = code_of("docs/guides/safe-change.md")
    terminal.write("everloom.yaml", "catalog: {packages: [shop]}\n")
    terminal.write("shop/__init__.py", "")
    terminal.write("shop/orders.py", before)
    async with terminal.running(f"{WORKER} --queue background", "worker polls"):
        for number in (17, 18):
            await begin(terminal, "shop.order", "books", f"order-{number}", "background")
    head = before.partition("@workflow_type")[0]
    patched = '        if workflow.patched("check-first"):\n            await call(check, input)\n'
    assert patched in after
    terminal.write(
        "shop/orders.py", head + after.replace(patched, "        await call(check, input)\n")
    )
    yield
    report = (terminal.folder / "report.xml").read_text(encoding="utf-8")
    assert {"order-17", "order-18"} <= set(re.findall(r"order-\d\d", report))


async def keep_both_ways(terminal: Terminal) -> None:
    """The code is patched as the guide says."""
    before, after = code_of("docs/guides/safe-change.md")
    terminal.write("shop/orders.py", before.partition("@workflow_type")[0] + after)


@asynccontextmanager
async def a_shop_that_cleans_up(terminal: Terminal) -> AsyncGenerator[None]:
    """The workflow of the guide cleans up as the command does."""
    terminal.write("shop.py", "\n\n".join(code_of("docs/guides/payloads.md")))
    terminal.write("everloom.yaml", "catalog: {packages: [shop]}\n")
    yield
    async with terminal.running(f"{WORKER} --queue background", "worker polls"):
        assert await run(terminal, "shop.clean", None, "background") == 0


@asynccontextmanager
async def a_shop_with_schedules(terminal: Terminal) -> AsyncGenerator[None]:
    """The guide's modules; afterwards its functions pause and go on, and its workflow runs."""
    for block in blocks_of(ROOT / "docs/guides/schedules.md"):
        if block.file:
            terminal.write(block.file, block.text)
    terminal.write("everloom.yaml", "catalog: {packages: [shop]}\n")
    yield
    temporal = terminal.temporal
    assert await find_schedule(temporal, "shop.tidy-often") is None
    assert (await read_schedule(temporal, "shop.tidy-quarterly")).paused
    sys.path.insert(0, str(terminal.folder))
    try:
        holidays = importlib.import_module("holidays")
    finally:
        sys.path.remove(str(terminal.folder))
    await holidays.close(temporal)
    closed = await read_schedule(temporal, "shop.tidy-nightly")
    await holidays.open_again(temporal)
    opened = await read_schedule(temporal, "shop.tidy-nightly")
    assert (closed.paused, closed.note) == (True, "Closed until January")
    assert (opened.paused, opened.runs) == (False, 1)
    async with terminal.running(f"{WORKER} --queue background", "worker polls"):
        assert await run(terminal, "shop.tidy", {"older_than_days": 3}, "background") == 3


VERSIONED = """
catalog: {packages: [orders]}
queues: {default: versioned, bind: {versioned: standard}}
"""
"""Their own queue: one that a version serves gives its runs to nobody else."""


@asynccontextmanager
async def two_versions(terminal: Terminal) -> AsyncGenerator[None]:
    """One version is current, the workers of the next stand beside it; runs of both kinds end."""
    [settings] = [
        block.text
        for block in blocks_of(ROOT / "docs/guides/versions.md")
        if block.language == "yaml"
    ]
    terminal.write("everloom.yaml", f"{settings}{VERSIONED}")
    terminal.write("orders.py", "\n\n".join(code_of("docs/guides/versions.md")))
    async with AsyncExitStack() as workers:
        for build in ("8d01b7e", "4f2a91c"):
            line = f"EVERLOOM_DEPLOYMENT__BUILD_ID={build} {WORKER}"
            await workers.enter_async_context(terminal.running(line, "worker polls"))
        promoted = await terminal.type("everloom deploy promote 8d01b7e")
        assert promoted.code == 0, promoted.output
        yield
        assert await run(terminal, "shop.order", "tea", "versioned") == "tea"
        assert await run(terminal, "shop.counter", 7, "versioned") == 7


ORDERS = """
from everloom.authoring import Workflow, activity_type, call, workflow_type


@activity_type(name="check")
async def check(order: str) -> str:
    return order


@activity_type(name="charge", queue="cards")
async def charge(order: str) -> str:
    return f"{order} paid"


@workflow_type(name="order", queue="standard")
class Order(Workflow[str, str]):
    async def run(self, input: str) -> str:
        if input != "gift":
            await call(check, input)
        return await call(charge, input)
"""


@asynccontextmanager
async def nobody_takes_cards(terminal: Terminal) -> AsyncGenerator[None]:
    """Two orders wait for an activity whose worker was killed."""
    terminal.write("orders.py", ORDERS)
    terminal.write(
        "everloom.yaml",
        "catalog: {packages: [orders]}\nqueues: {bind: {cards: standard}}\n"
        "worker: {heartbeat: 1s}\n",
    )
    async with terminal.running(f"{WORKER} --queue cards", "worker polls", ends="killed"):
        beats: set[datetime | None] = set()

        async def has_beaten() -> bool:
            beats.add(await _seen_at(terminal))
            return len(beats - {None}) > 2  # the first beat does not say how often others come

        await eventually(has_beaten, within=20)
    async with terminal.running(f"{WORKER} --queue standard", "worker polls"):
        await begin(terminal, "order", "tea", "order-17", "standard")
        await begin(terminal, "order", "gift", "order-18", "standard")

        async def is_missed() -> bool:
            return await _seen_at(terminal) is None

        await eventually(is_missed, within=20)
        yield


async def _seen_at(terminal: Terminal) -> datetime | None:
    """When the worker of `cards` was seen last, if it counts as there."""
    presence = await read_presence(terminal.temporal, "cards", "activity")
    return max((each.last_seen for each in presence.alive() if each.last_seen), default=None)


async def record_one(terminal: Terminal) -> None:
    """A history file of a run, as the SDK writes it."""
    history = await read_history(terminal.temporal, "order-17")
    terminal.write("recorded/order-17.json", history.to_json())


@asynccontextmanager
async def nothing_but_python(terminal: Terminal) -> AsyncGenerator[None]:
    """As after the installation; the workflow and the test that README shows run as well."""
    folder, terminal.is_shared = terminal.folder, False
    yield
    terminal.folder = folder / "hello"
    for block in blocks_of(ROOT / "README.md"):
        if block.file:
            terminal.write(block.file, block.text)
    terminal.write("pytest.ini", "[pytest]\nasyncio_mode = auto\n")
    tested = await terminal.type("python -m pytest -q -p no:cacheprovider")
    assert "1 passed" in tested.output, tested.output


async def write_what_readme_draws(terminal: Terminal) -> None:
    """Save the definition that README shows."""
    for block in blocks_of(ROOT / "README.md"):
        if block.file == "greet.yaml":
            terminal.write(block.file, block.text)


async def save_the_definition(terminal: Terminal) -> None:
    """README's definition is saved where its commands are typed."""
    for block in blocks_of(ROOT / "README.md"):
        if block.file and block.language == "yaml":
            terminal.write(block.file, block.text)


@asynccontextmanager
async def the_mail_platform(terminal: Terminal) -> AsyncGenerator[None]:
    """The application of this checkout is served; what it writes goes into the folder."""
    (terminal.folder / "apps").symlink_to(ROOT / "apps")
    terminal.write("everloom.yaml", (ROOT / "everloom.yaml").read_text(encoding="utf-8"))
    async with terminal.running(WORKER, "worker polls"):
        yield


@asynccontextmanager
async def definitions_of_the_page(terminal: Terminal) -> AsyncGenerator[None]:
    """Each is saved under its name."""
    for block in blocks_of(ROOT / "docs/guides/running-definitions.md"):
        if block.file:
            terminal.write(block.file, block.text)
    yield


def the_files_of(page: str) -> Callable[[Terminal], AbstractAsyncContextManager[None]]:
    """The files that a page shows are saved."""

    @asynccontextmanager
    async def saved(terminal: Terminal) -> AsyncGenerator[None]:
        for block in blocks_of(ROOT / page):
            if block.file:
                terminal.write(block.file, block.text)
        yield

    return saved


@asynccontextmanager
async def an_open_case(terminal: Terminal) -> AsyncGenerator[None]:
    """The guide's definition runs and listens; afterwards it has ended, with what it was told."""
    [case] = [block for block in blocks_of(ROOT / ASKED) if block.language == "yaml"]
    terminal.write("case.yaml", case.text)
    line = "everloom definitions run case.yaml --id case-7 --timeout 100s"
    running = asyncio.create_task(
        terminal.type(f"""{line} --input '{{"priority": "high"}}'""", within=110)
    )
    await eventually(lambda: terminal.is_listening("case-7"), within=60)
    yield
    done = await running
    assert '"closedBy": "Ada"' in done.output, done.output
    assert '"called back"' in done.output, done.output


ASKED = "docs/guides/definitions/queries-and-updates.md"
TO_PYTHON = "docs/guides/definitions/from-definition-to-python.md"

SCENES: Mapping[str, Scene] = {
    "README.md": Scene(
        nothing_but_python,
        before={"everloom definitions check greet.yaml": write_what_readme_draws},
    ),
    "apps/mail_platform/README.md": Scene(the_mail_platform),
    TO_PYTHON: Scene(the_files_of(TO_PYTHON)),
    ASKED: Scene(an_open_case),
    "docs/guides/messages.md": Scene(a_cart),
    "docs/guides/payloads.md": Scene(a_shop_that_cleans_up),
    projects.PUBLISHING: Scene(
        projects.hosts(projects.PUBLISHING, "one"),
        codes={"everloom definitions save order.yaml --project shop --revision 2": 1},
    ),
    projects.HOSTS: Scene(projects.a_published_shop),
    projects.GATE: Scene(
        projects.two_unpaid_orders,
        codes={"everloom definitions fix shop.order 1.0.1 --of 1.0.0 --project shop": 1},
    ),
    projects.STATISTICS: Scene(
        projects.a_served_shop,
        codes={"everloom runs compare brew-1 brew-2 --project shop": 1},
    ),
    "docs/guides/running-definitions.md": Scene(definitions_of_the_page),
    "docs/guides/safe-change.md": Scene(
        two_orders,
        codes={"everloom replay": 1},
        before={"everloom replay --record histories": keep_both_ways},
    ),
    "docs/guides/schedules.md": Scene(a_shop_with_schedules),
    "docs/guides/versions.md": Scene(two_versions),
    "docs/guides/why-is-it-waiting.md": Scene(
        nobody_takes_cards,
        codes={"everloom runs compare order-17 order-18": 1},
        before={"everloom runs compare order-17 recorded/order-17.json": record_one},
    ),
}
