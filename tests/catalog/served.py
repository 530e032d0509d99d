"""An application with things of both scopes, served by a worker that tells what was opened."""

import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker
from tests.catalog.calling import CallByName, Order

from everloom.catalog import discover, open_providers
from everloom.settings import Settings
from everloom.temporal import TemporalService

APP = """
    import asyncio
    import threading
    from collections.abc import AsyncIterator, Iterator
    from everloom.authoring import PROVIDED, activity_type, provider
    from everloom.core import Invalid
    from temporalio import activity

    events = []
    go_on = threading.Event()
    faults = set()

    class NoAccess(Invalid):
        code = "no-access"

    class Database: ...

    class Session:
        def __init__(self, database):
            self.database = database
            self.thread = threading.current_thread().name

    class Cursor:
        def __init__(self, session):
            self.session = session

    @provider
    def database() -> Iterator[Database]:
        events.append("open database")
        yield Database()
        events.append("close database")

    def note(what):
        events.append(f"{what} {activity.info().activity_type} {activity.info().attempt}")

    @provider(scope="call")
    def session(database: Database) -> Iterator[Session]:
        if "open" in faults and activity.info().attempt < 3:
            raise OSError("no route")
        if "refuse" in faults:
            raise NoAccess("The password is wrong.")
        note("begin")
        made = Session(database)
        try:
            yield made
        except BaseException as error:
            note(f"roll back {type(error).__name__}")
            if "swallow" not in faults:
                raise
        else:
            if "close" in faults and activity.info().attempt < 2:
                raise OSError("disk full")
            note("commit")
        finally:
            same = made.thread == threading.current_thread().name
            events.append(f"same thread: {same}")

    @provider(scope="call")
    async def cursor(session: Session) -> AsyncIterator[Cursor]:
        if "late" in faults:
            raise OSError("no cursor")
        note("open cursor")
        try:
            yield Cursor(session)
        finally:
            await asyncio.sleep(0)
            note("close cursor")

    class Activities:
        def __init__(self, session: Session, cursor: Cursor, database: Database) -> None:
            self.shared = cursor.session is session and session.database is database

        @activity_type(name="of-loop")
        async def of_loop(self) -> str:
            return f"shared: {self.shared}"

        @activity_type(name="of-thread")
        def of_thread(self) -> str:
            return f"shared: {self.shared}"

        @activity_type(name="fails-in-loop")
        async def fails_in_loop(self) -> str:
            raise NoAccess("Not you.")

        @activity_type(name="fails-in-thread")
        def fails_in_thread(self) -> str:
            raise NoAccess("Not you.")

        @activity_type(name="hangs-in-loop")
        async def hangs_in_loop(self) -> str:
            note("hang")
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.05)

        @activity_type(name="hangs-in-thread")
        def hangs_in_thread(self) -> str:
            note("hang")
            while True:
                activity.heartbeat()
                go_on.wait(0.05)

        @activity_type(name="held-in-thread")
        def held_in_thread(self) -> str:
            note("hold")
            go_on.wait(10)
            return "let go"

    @activity_type(name="function")
    async def function(number: int, *, session: Session = PROVIDED, database: Database = PROVIDED) -> str:
        return f"{number}: {session.database is database}"

    @activity_type(name="no-input")
    def no_input(*, database: Database = PROVIDED) -> str:
        return type(database).__name__
"""


class Served:
    """The application, served by a worker, and what it noted."""

    def __init__(self, client: Client, queue: str, app: Any) -> None:
        self._client = client
        self._queue = queue
        self.app = app

    @property
    def events(self) -> list[str]:
        """What was opened and closed, that of the application left out."""
        return [event for event in self.app.events if "database" not in event]

    async def start(self, activity: str, *args: Any, attempts: int = 1) -> Any:
        return await self._client.start_workflow(
            CallByName.run,
            Order(activity=activity, args=list(args), attempts=attempts),
            id=f"call-{uuid4()}",
            task_queue=self._queue,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )

    async def call(self, activity: str, *args: Any, attempts: int = 1) -> str:
        return await (await self.start(activity, *args, attempts=attempts)).result()

    async def failure(self, activity: str, *, attempts: int = 1) -> ApplicationError:
        with pytest.raises(WorkflowFailureError) as caught:
            await self.call(activity, attempts=attempts)
        assert isinstance(caught.value.cause, ActivityError)
        assert isinstance(caught.value.cause.cause, ApplicationError)
        return caught.value.cause.cause


@asynccontextmanager
async def serving(
    settings: Settings, temporal: TemporalService, drain: timedelta = timedelta(0)
) -> AsyncGenerator[Served]:
    """A worker of the package, until the block ends."""
    catalog = discover(settings)
    app = sys.modules[f"{catalog.packages[0]}.app"]
    queue, client = f"calls-{uuid4()}", await temporal.get_client()
    async with open_providers(catalog, settings) as providers:
        with ThreadPoolExecutor(4, thread_name_prefix="activity") as threads:
            async with Worker(
                client,
                task_queue=queue,
                workflows=[CallByName],
                activities=providers.activities_on("mail"),
                activity_executor=threads,
                graceful_shutdown_timeout=drain,
            ):
                yield Served(client, queue, app)
