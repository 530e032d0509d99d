"""What lives for one call of an activity: on a real Temporal, in loop and thread, under cancellation."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.worker import Worker
from tests.catalog.served import APP, serving
from tests.guides import load_guide
from tests.waiting import eventually

from everloom.catalog import CatalogInvalid, ProviderMissing, discover, open_providers
from everloom.core import EverloomError
from everloom.settings import Settings
from everloom.temporal import TemporalService

Package = Callable[..., Settings]


@pytest.mark.parametrize("name", ["of-loop", "of-thread"])
async def test_a_call_has_things_of_its_own_and_of_the_application(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """Opened before it in the order of need, closed after it in reverse, a plain one in its thread."""
    async with serving(package(app=APP), temporal) as served:
        assert await served.call(name) == "shared: True"
        first = list(served.events)
        assert await served.call(name) == "shared: True"

        assert first == [
            f"begin {name} 1",
            f"open cursor {name} 1",
            f"close cursor {name} 1",
            f"commit {name} 1",
            "same thread: True",
        ]
        assert served.events == first * 2
        assert served.app.events.count("open database") == 1
    assert served.app.events[-1] == "close database"


@pytest.mark.parametrize("name", ["fails-in-loop", "fails-in-thread"])
async def test_a_call_that_fails_closes_its_things_and_they_hear_of_it(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """So a transaction is rolled back; the failure stays the activity's own."""
    async with serving(package(app=APP), temporal) as served:
        error = await served.failure(name)

    assert error.type == "no-access"
    assert served.events[-3:] == [
        f"close cursor {name} 1",
        f"roll back ApplicationError {name} 1",
        "same thread: True",
    ]


@pytest.mark.parametrize("name", ["hangs-in-loop", "hangs-in-thread"])
async def test_a_call_that_is_cancelled_closes_its_things(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """In a thread too, into which the SDK raises the cancellation."""
    async with serving(package(app=APP), temporal) as served:
        run = await served.start(name)
        await eventually(lambda: f"hang {name} 1" in served.events)

        await run.cancel()

        await eventually(lambda: "same thread: True" in served.events)
    assert f"roll back CancelledError {name} 1" in served.events
    assert f"close cursor {name} 1" in served.events


@pytest.mark.parametrize("name", ["hangs-in-loop", "hangs-in-thread"])
async def test_a_worker_that_stops_closes_the_things_of_calls_before_its_own(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """A session is closed while its database is still open."""
    async with serving(package(app=APP), temporal) as served:
        run = await served.start(name)
        await eventually(lambda: f"hang {name} 1" in served.events)
    await run.terminate()

    assert served.app.events[-2:] == ["same thread: True", "close database"]
    assert f"roll back CancelledError {name} 1" in served.events


async def test_a_drain_lets_a_call_end_with_its_things(
    package: Package, temporal: TemporalService
) -> None:
    """What it did is kept."""
    async with serving(package(app=APP), temporal, timedelta(seconds=10)) as served:
        run = await served.start("held-in-thread")
        await eventually(lambda: "hold held-in-thread 1" in served.events)
        served.app.go_on.set()
    assert served.app.events[-3:] == [
        "commit held-in-thread 1",
        "same thread: True",
        "close database",
    ]
    await run.terminate()


@pytest.mark.parametrize("name", ["of-loop", "of-thread"])
async def test_what_cannot_be_opened_is_a_failure_of_that_attempt(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """It is tried again, unless the provider says that this is of no use; the worker goes on."""
    async with serving(package(app=APP), temporal) as served:
        served.app.faults.add("open")
        error = await served.failure(name)
        assert error.type == "call-provider-failed"
        assert not error.non_retryable
        assert "The provider `session` failed: OSError: no route." in error.message
        assert "app.py:" in error.message
        assert await served.call(name, attempts=3) == "shared: True"

        served.app.faults.add("refuse")
        served.app.faults.discard("open")
        error = await served.failure(name, attempts=3)
        assert (error.type, error.non_retryable) == ("no-access", True)

        served.app.faults.clear()
        assert await served.call(name) == "shared: True"


@pytest.mark.parametrize("name", ["of-loop", "of-thread"])
async def test_what_fails_in_closing_fails_the_attempt(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """A commit that did not happen must not look as if it had."""
    async with serving(package(app=APP), temporal) as served:
        served.app.faults.add("close")
        error = await served.failure(name)
        assert error.type == "call-provider-failed"
        assert "could not be closed: OSError: disk full." in error.message
        assert await served.call(name, attempts=2) == "shared: True"


@pytest.mark.parametrize("name", ["fails-in-loop", "fails-in-thread"])
async def test_a_provider_cannot_hide_the_activitys_failure(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """One that forgets to raise it again changes nothing."""
    async with serving(package(app=APP), temporal) as served:
        served.app.faults.add("swallow")
        error = await served.failure(name)

    assert error.type == "no-access"


@pytest.mark.parametrize("name", ["of-loop", "of-thread"])
async def test_what_was_opened_is_closed_when_the_next_cannot_be(
    package: Package, temporal: TemporalService, name: str
) -> None:
    """Nor can a provider hide that."""
    async with serving(package(app=APP), temporal) as served:
        served.app.faults.update({"late", "swallow"})
        error = await served.failure(name)

    assert error.type == "call-provider-failed"
    assert "`cursor` failed: OSError: no cursor." in error.message
    assert served.events == [
        f"begin {name} 1",
        f"roll back CallProviderFailed {name} 1",
        "same thread: True",
    ]


async def test_function_activities_are_given_keyword_parameters(
    package: Package, temporal: TemporalService
) -> None:
    """Things of both scopes; callers see the input alone."""
    async with serving(package(app=APP), temporal) as served:
        assert await served.call("function", 3) == "3: True"
        assert served.events[-2:] == ["commit function 1", "same thread: True"]
        assert await served.call("no-input") == "Database"


async def test_a_function_that_nobody_gives_anything_says_so(package: Package) -> None:
    """Under the SDK's own worker, or in a test that forgot it."""
    catalog = discover(package(app=APP))
    app = sys.modules[f"{catalog.packages[0]}.app"]

    with pytest.raises(Exception, match="needs `session`, and nobody gave it one") as caught:
        await app.function(1)

    assert vars(type(caught.value))["code"] == "not-provided"
    assert await app.function(1, session=app.Session(None), database=None) == "1: True"


def test_what_lives_longer_may_not_need_what_lives_for_a_call(package: Package) -> None:
    """Refused at start-up, with the place."""
    settings = package(
        app="""
        from everloom.authoring import provider

        class Session: ...
        class Mailer: ...

        @provider(scope="call")
        def session() -> Session: return Session()

        @provider
        def mailer(session: Session) -> Mailer: return Mailer()
        """
    )

    with pytest.raises(CatalogInvalid) as caught:
        discover(settings)

    [problem] = caught.value.problems
    assert problem.code == "provider-scope"
    assert (
        "`mailer` lives as long as the worker and needs `session`, a `Session`" in problem.message
    )
    assert problem.place.endswith("app.py:10")


def test_a_parameter_that_nothing_provides_is_told_at_start_up(package: Package) -> None:
    """As for the constructors of activity classes."""
    settings = package(
        app="""
        from everloom.authoring import PROVIDED, activity_type

        class Database: ...

        @activity_type(name="save")
        def save(*, database: Database = PROVIDED) -> None: ...
        """
    )

    with pytest.raises(CatalogInvalid) as caught:
        discover(settings)

    [problem] = caught.value.problems
    assert problem.code == "provider-missing"
    assert "`save` needs `database`, a `Database`" in problem.message


async def test_a_circle_of_calls_is_refused_before_the_first_task(package: Package) -> None:
    """It would never open."""
    settings = package(
        app="""
        from everloom.authoring import PROVIDED, activity_type, provider

        class A: ...
        class B: ...

        @provider(scope="call")
        def a(b: B) -> A: return A()

        @provider(scope="call")
        def b(a: A) -> B: return B()

        @activity_type(name="use")
        def use(*, a: A = PROVIDED) -> None: ...
        """
    )

    with pytest.raises(ProviderMissing, match="A -> B -> A"):
        async with open_providers(discover(settings), settings) as providers:
            providers.activities_on("mail")


async def test_outside_a_call_such_a_thing_is_not_there(package: Package) -> None:
    """A route that asks for it is told why."""
    settings = package(app=APP)
    catalog = discover(settings)
    session = sys.modules[f"{catalog.packages[0]}.app"].Session

    async with open_providers(catalog, settings) as providers:
        with pytest.raises(ProviderMissing, match="for each call of an activity"):
            providers.get(session)


async def test_the_guide_runs_as_it_stands(
    temporal: TemporalService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order that is kept, and one that is rolled back."""
    guide = load_guide("dependencies", tmp_path, monkeypatch)
    settings = Settings.model_validate(
        {
            "folder": tmp_path,
            "catalog": {"packages": [guide.__name__]},
            "apps": {"shop": {"database": str(tmp_path / "shop.db")}},
        }
    )
    catalog, queue = discover(settings), f"guide-{uuid4()}"
    async with open_providers(catalog, settings) as providers:
        with ThreadPoolExecutor(2) as threads:
            async with Worker(
                await temporal.get_client(),
                task_queue=queue,
                workflows=[guide.TakeOrder],
                activities=providers.activities_on("standard"),
                activity_executor=threads,
            ):
                cheap, dear = guide.Order(id="a", amount=5), guide.Order(id="b", amount=500)
                assert await guide.TakeOrder.execute(temporal, cheap, queue=queue) == 1
                with pytest.raises(EverloomError, match="too dear"):
                    await guide.TakeOrder.execute(temporal, dear, queue=queue)
                other = guide.Order(id="c", amount=5)
                assert await guide.TakeOrder.execute(temporal, other, queue=queue) == 2
    assert providers.get(guide.Bank).charged == ["a", "c"]
