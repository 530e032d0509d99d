"""Open what lives for one call of an activity, and close it after the call, however it ends.

What goes wrong here is a failure of that call, and never of the worker.
"""

import asyncio
import functools
import inspect
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from temporalio import activity
from temporalio.exceptions import FailureError

from everloom.authoring import failure_from
from everloom.core import EverloomError, Unavailable

from .entries import ProviderEntry
from .opening import open_in_loop, open_in_thread

Things = Mapping[Any, object]
Find = Callable[[Any], object]


class CallProviderFailed(Unavailable):
    """What an activity was to be given for its call could not be opened or closed."""

    code = "call-provider-failed"


@dataclass(frozen=True)
class Call:
    """How one activity is called with what it needs."""

    name: str
    function: Callable[..., Any]
    """As declared; a method is unbound."""

    opens: Sequence[ProviderEntry]
    """What is opened for each call, in the order of need."""

    begin: Callable[[Find], Callable[..., Any]]
    """Makes what is called from what there is: the function or the bound method."""

    find: Find
    """What there is all the time, by type."""

    def ready(self) -> Callable[..., Any]:
        """The activity for the SDK's worker."""
        if inspect.iscoroutinefunction(self.function):
            run = self._for_loop()
        else:
            run = self._for_threads(asyncio.get_running_loop())
        seen = inspect.signature(self.function)
        inputs = [each for each in seen.parameters.values() if each.name != "self"]
        # As its callers see it: the SDK warns of what looks like a method without its object.
        vars(run)["__signature__"] = seen.replace(parameters=inputs)
        return run

    def _for_loop(self) -> Callable[..., Any]:
        @functools.wraps(self.function)
        async def run(*args: Any) -> Any:
            raised: list[BaseException] = []
            with self._told(raised):
                async with AsyncExitStack() as stack:
                    with _noting(raised):
                        return await (await self._opened(stack))(*args)
                raise raised[0]  # a provider swallowed it

        return run

    async def _opened(self, stack: AsyncExitStack) -> Callable[..., Any]:
        made: dict[Any, object] = {}
        for entry in self.opens:
            needs = self._needs(entry, made)
            with _naming(entry):
                made[entry.provides] = await open_in_loop(entry, needs, stack)
        return self.begin(self._finder(made))

    def _for_threads(self, loop: asyncio.AbstractEventLoop) -> Callable[..., Any]:
        @functools.wraps(self.function)
        def run(*args: Any) -> Any:
            raised: list[BaseException] = []
            with self._told(raised):
                with _Closing() as closing, _noting(raised):
                    return self._opened_in_thread(closing.stack, loop)(*args)
                raise raised[0]  # a provider swallowed it

        return run

    def _opened_in_thread(
        self, stack: ExitStack, loop: asyncio.AbstractEventLoop
    ) -> Callable[..., Any]:
        made: dict[Any, object] = {}
        with _uninterrupted():
            for entry in self.opens:
                needs = self._needs(entry, made)
                with _naming(entry):
                    made[entry.provides] = open_in_thread(entry, needs, stack, loop)
        return self.begin(self._finder(made))

    def _needs(self, entry: ProviderEntry, made: Things) -> dict[str, object]:
        find = self._finder(made)
        return {name: find(wanted) for name, wanted in entry.needs}

    def _finder(self, made: Things) -> Find:
        return lambda wanted: made[wanted] if wanted in made else self.find(wanted)

    @contextmanager
    def _told(self, raised: list[BaseException]) -> Generator[None]:
        """Errors of opening and closing, as Temporal is to carry them; the activity's own as it is."""
        try:
            yield
        except (asyncio.CancelledError, FailureError):
            raise
        except EverloomError as error:
            if not activity.in_activity():
                raise
            raise failure_from(error) from error.__cause__
        except Exception as error:
            if any(error is each for each in raised):
                raise
            told = CallProviderFailed(
                f"What activity `{self.name}` was given for its call could not be closed: "
                f"{type(error).__name__}: {error}.",
                hint="What it did before may not have been kept; it is tried again.",
            )
            raise (failure_from(told) if activity.in_activity() else told) from error


@contextmanager
def _noting(raised: list[BaseException]) -> Generator[None]:
    try:
        yield
    except BaseException as error:
        raised.append(error)
        raise


@contextmanager
def _naming(entry: ProviderEntry) -> Generator[None]:
    try:
        yield
    except (EverloomError, FailureError):
        raise
    except Exception as error:
        raise CallProviderFailed(
            f"The provider `{entry.function.__name__}` failed: {type(error).__name__}: {error}.",
            hint=f"It stands at {entry.place}. Let it raise an `Invalid` where another attempt "
            "cannot help.",
        ) from error


class _Closing:
    """Closes what a thread has opened, although the thread may be interrupted at any moment."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self._is_closed = False

    def __enter__(self) -> "_Closing":
        return self

    def __exit__(self, *raised: Any) -> bool:
        try:
            return self._close(*raised)
        except BaseException as error:
            # The SDK interrupts a thread once, maybe just before it was safe from that.
            if self._is_closed:
                raise
            self._close(type(error), error, error.__traceback__)
            raise

    def _close(self, *raised: Any) -> bool:
        with _uninterrupted():
            self._is_closed = True
            return bool(self.stack.__exit__(*raised))


def _uninterrupted() -> Any:
    """Keep the SDK from raising a cancellation in this thread until the block has ended."""
    if not activity.in_activity():
        return nullcontext()
    return activity.shield_thread_cancel_exception()
