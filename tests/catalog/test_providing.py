"""What activities are given, when it is opened and when it is closed."""

import sys
from collections.abc import Callable

import pytest

from everloom.catalog import (
    CatalogInvalid,
    ProviderFailed,
    ProviderMissing,
    discover,
    open_providers,
)
from everloom.settings import Settings

Package = Callable[..., Settings]

APP = """
    from collections.abc import AsyncIterator, Iterator
    from everloom.authoring import activity_type, provider
    from everloom.settings import AppSettings, Settings

    events = []

    class ShopSettings(AppSettings):
        app = "shop"
        name: str = "corner"

    class Database: ...
    class Mailer:
        def __init__(self, database): self.database = database

    @provider
    def database(settings: ShopSettings) -> Iterator[Database]:
        events.append(f"open database of {settings.name}")
        yield Database()
        events.append("close database")

    @provider
    async def mailer(database: Database) -> AsyncIterator[Mailer]:
        events.append("open mailer")
        yield Mailer(database)
        events.append("close mailer")

    class Activities:
        def __init__(self, *, mailer: Mailer, database: Database) -> None:
            self.same = mailer.database is database

        @activity_type(name="first", queue="mail")
        def first(self) -> bool: return self.same

        @activity_type(name="second", queue="mail")
        def second(self) -> int: return id(self)

        @activity_type(name="third", queue="mail")
        def third(self) -> int: return id(self)
"""


async def test_things_are_opened_once_in_order_and_closed_in_reverse(package: Package) -> None:
    """A database is open before the mailer that needs it, and closed after it."""
    settings = package(app=APP)
    catalog = discover(settings)
    events: list[str] = sys.modules[f"{catalog.packages[0]}.app"].events

    async with open_providers(catalog, settings, queues=["mail"]) as providers:
        ready = {entry.__name__: entry for entry in providers.activities_on("mail")}
        shared = ready["first"]()
        one_object = ready["second"]() == ready["third"]()

    assert shared is True
    assert one_object
    assert events == [
        "open database of corner",
        "open mailer",
        "close mailer",
        "close database",
    ]


async def test_queues_that_need_nothing_open_nothing(package: Package) -> None:
    """A worker of another queue needs no database."""
    settings = package(app=APP)
    catalog = discover(settings)

    async with open_providers(catalog, settings, queues=["standard"]):
        pass

    assert sys.modules[f"{catalog.packages[0]}.app"].events == []


def test_what_nothing_provides_is_told_at_start_up(package: Package) -> None:
    """Class, parameter, type and place, before any task is taken."""
    settings = package(
        app="""
        from everloom.authoring import activity_type

        class Database: ...

        class Activities:
            def __init__(self, database: Database) -> None: ...

            @activity_type(name="first")
            def first(self) -> None: ...
        """
    )

    with pytest.raises(CatalogInvalid) as caught:
        discover(settings)

    [problem] = caught.value.problems
    assert problem.code == "provider-missing"
    assert "`Activities` needs `database`, a `Database`" in problem.message


async def test_a_provider_that_fails_is_told_with_its_place(package: Package) -> None:
    """The reason and the line, instead of a traceback out of nowhere."""
    settings = package(app=APP.replace("yield Database()", "raise OSError('no disk'); yield"))
    catalog = discover(settings)

    with pytest.raises(ProviderFailed, match="no disk") as caught:
        async with open_providers(catalog, settings):
            pass

    assert "app.py:" in caught.value.hint


async def test_providers_in_a_circle_are_refused(package: Package) -> None:
    """They would wait for each other."""
    settings = package(
        app="""
        from everloom.authoring import provider

        class A: ...
        class B: ...

        @provider
        def a(b: B) -> A: return A()

        @provider
        def b(a: A) -> B: return B()
        """
    )

    with pytest.raises(ProviderMissing, match="A -> B -> A"):
        async with open_providers(discover(settings), settings):
            pass
