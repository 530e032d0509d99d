"""A shop whose orders are definitions: a platform of its own, a project, and versions in it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from everloom.control.projects import Platform, create_project
from everloom.control.publishing import publish, read_draft, save_draft
from everloom.control.publishing.names import name_in
from everloom.settings import Settings
from everloom.store import CompiledCode, open_store
from everloom.temporal import TemporalService

BY = "ada"
PROJECT = "ada/shop"

GREETING = """\
    - greet:
        set:
          text: ${ "Hello, \\(.name)!" }
"""

WAITING = """\
    - wait:
        listen:
          to:
            one:
              with:
                type: shop.paid
    - thank:
        set:
          text: Thank you
"""


def order(
    version: str = "1.0.0", tasks: str = GREETING, *, name: str = "order", rest: str = ""
) -> str:
    """The text of a definition in the namespace `shop`."""
    indented = "\n".join(line.removeprefix("  ") for line in tasks.splitlines())
    return (
        f"# Orders, as they come in.\n"
        f"document:\n"
        f"  dsl: 1.0.3\n"
        f"  namespace: shop\n"
        f"  name: {name}\n"
        f"  version: {version}  # raised with each change\n"
        f"{rest}"
        f"do:\n{indented}\n"
    )


@asynccontextmanager
async def opened(
    settings: Settings, temporal: TemporalService, *, project: str = PROJECT
) -> AsyncGenerator[Platform]:
    """A platform with a project.

    Args:
        settings: They say where the store is: `settings_in` makes some.
        temporal: Where runs are.
        project: The project that is made. Take one of your own when you start runs.
    """
    async with open_store(settings) as store:
        p = Platform(settings, store, temporal)
        await create_project(p, project, by=BY)
        yield p


def settings_in(folder: Path, settings: Settings) -> Settings:
    """The settings of the session, with a store in a folder of its own."""
    return settings.model_copy(update={"folder": folder})


async def published(
    p: Platform, text: str, *, project: str = PROJECT, activate: bool = True
) -> CompiledCode:
    """A version that was published of this text, and is active."""
    full_name = await drafted(p, text, project=project)
    return await publish(p, project, full_name, by=BY, activate=activate)


async def drafted(p: Platform, text: str, *, project: str = PROJECT) -> str:
    """The full name of a definition whose draft this text is now."""
    full_name = name_in(text).full_name
    assert full_name is not None
    async with p.store.begin() as tx:
        owner, _, name = project.partition("/")
        there = await tx.projects.find(owner, name)
        assert there is not None
        known = await tx.definitions.find(there.id, full_name)
    revision = None if known is None else known.revision
    await save_draft(p, project, text, revision=revision, by=BY)
    return (await read_draft(p, project, full_name)).full_name
