"""`try`: which faults are caught, how often the tasks are tried again, and what comes then."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from temporalio import workflow

from .faults import Fault, Json, fault_of, normal_type
from .limits import NOTHING, within
from .marks import marked
from .moments import iso
from .scope import Scope

Delay: TypeAlias = timedelta | Callable[[Scope], timedelta]

LONGEST_DELAY = timedelta(hours=1)
"""Where an exponential backoff stops growing: the standard gives it no limit."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """When and how often tasks are tried again."""

    when: str | None = None
    except_when: str | None = None
    delay: Delay = NOTHING
    backoff: Literal["constant", "linear", "exponential"] = "constant"
    count: int | None = None
    """Retries after the first attempt. None: without end."""

    attempt_limit: Delay | None = None
    """Longest time of one attempt."""

    limit: Delay | None = None
    """Longest time of all attempts and delays together."""

    jitter: tuple[Delay, Delay] | None = None
    """Shortest and longest random part of each delay."""


@dataclass(frozen=True, kw_only=True)
class Catch:
    """Which faults are caught."""

    filter: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Values that the fault has to have."""

    when: str | None = None
    except_when: str | None = None
    as_: str = "error"
    """Name of the variable that holds the fault."""

    retry: Retry | None = None
    is_handled: bool = False
    """Whether something follows: tasks, or a way to go on. Otherwise a fault that is left after the
    last retry stays one."""


class Caught(Exception):
    """The tasks of a `try` failed for good, and the fault is caught."""

    def __init__(self, here: Scope) -> None:
        super().__init__("The fault is caught.")
        self.here = here
        """The scope of what is done about it, with the fault as a variable."""


async def attempt(
    here: Scope, tasks: Callable[[Json, Scope], Awaitable[Json]], catch: Catch
) -> Json:
    """Do the tasks of a `try`, again where the retry policy says so, and give back their output.

    Args:
        here: Scope of the `try`.
        tasks: Method of its tasks.
        catch: What is caught.

    Raises:
        Caught: They failed with a fault that is caught.
        Fault: They failed with one that is not.
    """
    trying = _Trying(here, catch)
    while True:
        try:
            return await trying.once(tasks)
        except Fault as fault:
            await trying.consider(fault)


class _Trying:
    """The attempts of a `try`."""

    def __init__(self, here: Scope, catch: Catch) -> None:
        assert here.task is not None  # noqa: S101 - only tasks try
        self._here, self._catch, self._task = here, catch, here.task
        self._retries, self._began = 0, workflow.now()
        self._reference = here.task.reference
        caught = here.run.take("catch", self._reference)
        if caught is not None:
            raise self._caught(fault_of(caught[2]))
        kept = here.run.take("try", self._reference)
        if kept is not None:
            self._retries, self._began = kept[2], datetime.fromisoformat(kept[3])

    async def once(self, tasks: Callable[[Json, Scope], Awaitable[Json]]) -> Json:
        """One attempt."""
        inner = self._here.turn({}, self._frame)
        retry = self._catch.retry
        if retry is None or retry.attempt_limit is None:
            return await tasks(self._here.data, inner)
        limit = _length(retry.attempt_limit, self._here)
        work = _coroutine(tasks, self._here.data, inner)
        return await within(limit, work, whole=limit, name=f"An attempt of {self._task.name}")

    async def consider(self, fault: Fault) -> None:
        """Return when the tasks are to be tried again.

        Raises:
            Caught: No further attempt, and the fault is caught.
            Fault: It is not.
        """
        bound = self._bound(fault)
        if not self._matches(fault, bound):
            raise fault
        retry = self._catch.retry
        if retry is not None and self._may_retry(retry, bound):
            delay = self._delay(retry)
            if retry.limit is None or self._left(retry.limit) > delay:
                self._retries += 1
                self._here.run.trace.add(self._reference, "retried", self._here.passes)
                if delay > NOTHING:
                    said = f"Before another attempt of {self._task.name}"
                    await workflow.sleep(delay, summary=marked(said, self._reference))
                return
        if retry is not None and not self._catch.is_handled:
            raise fault
        raise self._caught(fault)

    def _frame(self) -> Json:
        return ["try", self._reference, self._retries, iso(self._began)]

    def _caught(self, fault: Fault) -> Caught:
        def frame() -> Json:
            return ["catch", self._reference, fault.problem]

        return Caught(self._here.turn({self._catch.as_: fault.problem}, frame))

    def _bound(self, fault: Fault) -> Scope:
        """`.` is the fault, and so is the variable."""
        return self._here.on(fault.problem, {self._catch.as_: fault.problem})

    def _matches(self, fault: Fault, bound: Scope) -> bool:
        catch, problem = self._catch, fault.problem
        for name, wanted in catch.filter.items():
            found = problem.get(name)
            if name == "type" and isinstance(wanted, str) and isinstance(found, str):
                wanted, found = normal_type(wanted), normal_type(found)  # noqa: PLW2901 - one name a thing
            if found != wanted:
                return False
        if catch.when is not None and not bound.test(catch.when):
            return False
        return catch.except_when is None or not bound.test(catch.except_when)

    def _may_retry(self, retry: Retry, bound: Scope) -> bool:
        if retry.count is not None and self._retries >= retry.count:
            return False
        if retry.when is not None and not bound.test(retry.when):
            return False
        return retry.except_when is None or not bound.test(retry.except_when)

    def _left(self, limit: Delay) -> timedelta:
        return _length(limit, self._here) - (workflow.now() - self._began)

    def _delay(self, retry: Retry) -> timedelta:
        delay = _length(retry.delay, self._here)
        if retry.backoff == "linear":
            delay *= self._retries + 1
        elif retry.backoff == "exponential" and delay > NOTHING:
            grown = delay.total_seconds() * 2.0 ** min(self._retries, 60)
            delay = max(delay, timedelta(seconds=min(LONGEST_DELAY.total_seconds(), grown)))
        if retry.jitter is not None:
            low, high = (_length(each, self._here) for each in retry.jitter)
            delay += low + (high - low) * workflow.random().random()
        return delay


async def _coroutine(
    tasks: Callable[[Json, Scope], Awaitable[Json]], data: Json, scope: Scope
) -> Json:
    return await tasks(data, scope)


def _length(delay: Delay, here: Scope) -> timedelta:
    return delay if isinstance(delay, timedelta) else delay(here)
