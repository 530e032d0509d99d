"""The process that serves definitions for a command. Started by it, never by a person.

Compiled code and expressions run here and not in the command itself: whatever they do to this
process, the command goes on, notices, and ends it.
"""

import asyncio
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack
from datetime import timedelta

from everloom.catalog import Catalog, discover
from everloom.core import EverloomError, Unavailable
from everloom.flow import EMIT, GRPC, HTTP, MCP, OPENAPI, SCRIPT, SHELL
from everloom.flow.expressions import use_evaluator
from everloom.observe import get_logger, set_up_logs
from everloom.settings import Settings, load_settings
from everloom.steps import Steps
from everloom.steps.evaluator import ProcessEvaluator
from everloom.temporal import TemporalService

from .command_line import CommandLine
from .log_lines import set_up_runtime
from .messages import Begin, Refused, Release, Released, Serve, Serving
from .serving import catalog_activities, serve_definitions

DRAIN = timedelta(milliseconds=500)
"""How long activities may go on when their command has what it wanted."""

STICKY = timedelta(seconds=1)
"""How long a run stands still when the process before this one was lost."""

STEPS = frozenset({HTTP, OPENAPI, GRPC, MCP, SCRIPT, SHELL, EMIT})
"""Activities that Everloom brings along; all others are the application's."""

log = get_logger("everloom.definitions")


class ServingFailed(Unavailable):
    """The process that serves definitions met something that nobody foresaw."""

    code = "definition-serving-failed"


def main() -> None:
    """Serve as the command orders, and end without the interpreter's own shut-down."""
    line = CommandLine()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command hears Ctrl-C, and ends us
    code = 0
    try:
        asyncio.run(_live(line))
    except BaseException:
        log.exception("serving process failed")
        code = 1
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


async def _live(line: CommandLine) -> None:
    heard = line.listen()
    begin = await heard.get()
    if not isinstance(begin, Begin):
        return
    try:
        host = _Host(_settings(begin), begin, line)
    except EverloomError as error:
        line.say(Refused.of(error))
        return
    try:
        while (order := await heard.get()) is not None:
            match order:
                case Serve():
                    host.serve(order)
                case Release():
                    host.release(order.queue)
                case Begin():
                    pass
    finally:
        await host.close()


def _settings(begin: Begin) -> Settings:
    settings = load_settings(begin.folder)
    if begin.secrets_file is not None:
        secrets = settings.secrets.model_copy(update={"file": begin.secrets_file})
        settings = settings.model_copy(update={"secrets": secrets})
    set_up_logs(settings.log)
    set_up_runtime(settings)
    use_evaluator(ProcessEvaluator())  # ends with this process, however that ends
    return settings


class _Host:
    """The queues that are served, each by a task of its own."""

    def __init__(self, settings: Settings, begin: Begin, line: CommandLine) -> None:
        self._settings = settings
        self._line = line
        self._temporal = TemporalService(settings, address=begin.address, namespace=begin.namespace)
        self._stops: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._catalog: Catalog | None = None

    def serve(self, order: Serve) -> None:
        """Begin to serve a queue."""
        self._stops[order.queue] = stop = asyncio.Event()
        task = asyncio.create_task(self._host(order, stop))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def release(self, queue: str) -> None:
        """Serve a queue no longer."""
        stop = self._stops.pop(queue, None)
        if stop is not None:
            stop.set()

    async def close(self) -> None:
        """Stop everything."""
        for queue in list(self._stops):
            self.release(queue)
        await asyncio.gather(*self._tasks)
        await self._temporal.close()

    async def _host(self, order: Serve, stop: asyncio.Event) -> None:
        try:
            async with AsyncExitStack() as stack:
                await self._open(order, stack)
                self._line.say(Serving(queue=order.queue))
                await stop.wait()
            self._line.say(Released(queue=order.queue))
        except EverloomError as error:
            self._line.say(Refused.of(error, order.queue))
        except Exception as error:
            log.exception("definitions cannot be served")
            said = ServingFailed(f"{type(error).__name__}: {error}.", hint="The log has the trace.")
            self._line.say(Refused.of(said, order.queue))

    async def _open(self, order: Serve, stack: AsyncExitStack) -> None:
        settings, temporal = self._settings, self._temporal
        steps = Steps(settings)
        stack.push_async_callback(steps.close)
        activities = [*steps.activities()]
        called = {name for each in order.definitions for name in each.activities}
        if called - STEPS:
            self._catalog = self._catalog or discover(settings)
            activities += await stack.enter_async_context(
                catalog_activities(settings, self._catalog, called - STEPS, temporal=temporal)
            )
        for queue in dict.fromkeys((order.queue, *order.also)):
            serving = serve_definitions(
                settings,
                temporal,
                order.definitions,
                queue=queue,
                activities=activities,
                drain=DRAIN,
                sticky=STICKY,
            )
            await stack.enter_async_context(serving)


if __name__ == "__main__":
    main()
