"""The workflow that keeps one project's worker on some host.

It runs an activity that lasts as long as a host carries the project. When its host is lost, which the
host's watch tells and the activity's own heartbeats in the end, the next host takes it. Nobody elects,
leases or locks: Temporal knows which activity runs where. Waits between failures grow, so that what
crashes again and again does so slowly.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutType
from temporalio.exceptions import TimeoutError as OutOfTime

from everloom.control.placement import (
    DRAIN,
    LOST,
    MOVE,
    ORDER,
    PLACEMENT,
    REFRESH,
    RESTART,
    SERVE,
    START,
    STATUS,
    STOP,
    Action,
    Ended,
    Lost,
    OrderProject,
    Placement,
    PlacementStatus,
    ServeProject,
    host_queue,
)
from everloom.store import WorkerStatus

ELSEWHERE = "project-elsewhere"
"""Failure of a host that cannot take a project just now, through no fault of the project."""

GONE = "project-missing"
"""Failure of a host when there is no such project any more."""

UNHEARD = "host-lost"
"""What it is called when heartbeats stop."""

LIFETIME = timedelta(days=3650)
"""An activity needs an end. Nobody waits for this one."""

TAKEN_WITHIN = timedelta(seconds=5)
"""How long a host that was named may take; after that any host may."""

HEARD_WITHIN = timedelta(seconds=2)
"""How long it may take until a host hears what it is told, before it is not waited for."""

TRIES = 3

DONE_WITHIN = timedelta(seconds=10)
"""How long it may take to do it."""

SILENCE = timedelta(minutes=1)
"""Silence of the activity after which its host is taken for lost though its watch says nothing."""

LONGEST_REFUSAL = timedelta(seconds=15)
"""Longest wait for hosts that are all full."""

STABLE = timedelta(minutes=1)
"""Who was served for that long begins anew with its failures."""

LONGEST_LINK = 1000
"""Events of a history after which it continues as new: it is replayed for each question."""

ONCE = RetryPolicy(maximum_attempts=1)


@workflow.defn(name=PLACEMENT)
class ProjectPlacement:
    """Keeps a project on a host, from its first start to the end of the project."""

    @workflow.init
    def __init__(self, placed: Placement) -> None:
        """Take over how it stood.

        Args:
            placed: The project, and the link before.
        """
        self._placed = placed
        self._serving: workflow.ActivityHandle[Ended] | None = None
        self._is_let_go = False
        self._hurry = False
        self._refusals = 0
        self._lost_with = ""
        self._asked_at = workflow.now()
        self._status = PlacementStatus(
            status=WorkerStatus.STARTING if placed.is_wanted else WorkerStatus.STOPPED,
            since=workflow.now(),
            attempts=placed.failures,
        )

    @workflow.run
    async def run(self, placed: Placement) -> None:  # noqa: ARG002 - `__init__` has it
        """Have it served while it is wanted."""
        while True:
            await workflow.wait_condition(lambda: self._placed.is_wanted or self._is_long())
            if self._is_long():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._placed)
            await self._serve()

    @workflow.signal(name=LOST)
    def note_lost(self, lost: Lost) -> None:
        """Give the project to another host."""
        if lost.number in {None, self._placed.number} and self._serving is not None:
            self._lost_with = lost.host
            self._serving.cancel()

    @workflow.query(name=STATUS)
    def status(self) -> PlacementStatus:
        """How it stands."""
        return self._status

    @workflow.update(name=START)
    async def start(self) -> PlacementStatus:
        """Let it be served; a wait after failures is cut short."""
        self._placed = replace(self._placed, is_wanted=True)
        self._hurry = True
        return self._status

    @workflow.update(name=STOP)
    async def stop(self) -> PlacementStatus:
        """Let it be served no longer."""
        self._placed = replace(self._placed, is_wanted=False)
        self._hurry = True
        await self._let_go("stop")
        return self._status

    @workflow.update(name=DRAIN)
    async def drain(self) -> PlacementStatus:
        """Let it be served no longer, and answer when its last activity has ended."""
        self._placed = replace(self._placed, is_wanted=False)
        self._hurry = True
        if self._serving is not None:
            self._say(WorkerStatus.DRAINING)
        await self._let_go("drain")
        return self._status

    @workflow.update(name=RESTART)
    async def restart(self) -> PlacementStatus:
        """Let it be served anew."""
        self._placed = replace(self._placed, is_wanted=True)
        self._hurry = True
        await self._let_go("drain")
        return self._status

    @workflow.update(name=MOVE)
    async def move(self, to: str | None) -> PlacementStatus:
        """Let another host serve it.

        Args:
            to: Which one. None: any.
        """
        self._placed = replace(self._placed, is_wanted=True, target=to)
        self._hurry = True
        await self._let_go("release")
        return self._status

    @workflow.update(name=REFRESH)
    async def refresh(self) -> bool:
        """Let its host drop the runs in memory; whether it has, or has none."""
        return self._serving is None or await self._tell("drop-runs")

    async def _serve(self) -> None:
        placed, target = self._placed, self._placed.target
        # Named once: who cannot go there goes anywhere.
        self._placed = placed = replace(placed, number=placed.number + 1, target=None)
        self._is_let_go = self._hurry = False
        self._lost_with = ""
        self._asked_at = workflow.now()
        if self._status.status is not WorkerStatus.ERROR:
            self._say(WorkerStatus.STARTING)
        self._serving = handle = self._ask(placed, target)
        try:
            await workflow.wait_condition(lambda: handle.done() or self._is_long())
            if not handle.done() and not await self._tell("keep"):
                self._is_let_go = True
                handle.cancel()
            ended = await handle
        except asyncio.CancelledError:  # the project is deleted
            await self._tell("stop")
            handle.cancel()
            raise
        except ActivityError as error:
            self._serving = None
            await self._after(error)
        else:
            self._serving = None
            if ended.ending == "kept":
                self._placed = replace(self._placed, target=ended.host)
        if not self._placed.is_wanted and self._status.status is not WorkerStatus.ERROR:
            self._say(WorkerStatus.STOPPED)

    def _ask(self, placed: Placement, target: str | None) -> workflow.ActivityHandle[Ended]:
        """Ask one host, or all, to carry it."""
        return workflow.start_activity(
            SERVE,
            ServeProject(
                project_id=placed.project_id,
                project=placed.project,
                queue=placed.queue,
                number=placed.number,
                restarts=placed.restarts,
            ),
            result_type=Ended,
            task_queue=placed.hosts if target is None else host_queue(placed.hosts, target),
            schedule_to_start_timeout=None if target is None else TAKEN_WITHIN,
            start_to_close_timeout=LIFETIME,
            heartbeat_timeout=SILENCE,
            retry_policy=ONCE,
            cancellation_type=workflow.ActivityCancellationType.TRY_CANCEL,
        )

    async def _after(self, error: ActivityError) -> None:
        """Take down why it is served no longer, and wait as long as that asks for."""
        if self._is_let_go or not self._placed.is_wanted:
            return
        code, message = _reason(error, self._lost_with)
        if code == GONE:
            self._placed = replace(self._placed, is_wanted=False)
            self._say(WorkerStatus.ERROR, error=message, code=code)
            return
        if code == ELSEWHERE:
            self._refusals += 1
            await self._wait(min(timedelta(seconds=2 ** (self._refusals - 2)), LONGEST_REFUSAL))
            return
        self._refusals = 0
        failures = 1 if self._was_stable() else self._placed.failures + 1
        self._placed = replace(self._placed, failures=failures, restarts=self._placed.restarts + 1)
        pause = min(self._placed.retry_first * 2 ** min(failures - 1, 20), self._placed.retry_cap)
        if code == UNHEARD and failures == 1:
            pause = timedelta(0)  # a host was lost, which is no sign against the project
        self._say(WorkerStatus.ERROR, error=message, code=code, next_at=workflow.now() + pause)
        await self._wait(pause)

    async def _wait(self, pause: timedelta) -> None:
        if pause > timedelta(0):
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._hurry, timeout=pause)

    def _was_stable(self) -> bool:
        return workflow.now() - self._asked_at > STABLE

    async def _let_go(self, action: Action) -> None:
        """End what a host does with it, and wait for that."""
        serving = self._serving
        if serving is None or serving.done():
            return
        if not await self._tell(action):
            self._is_let_go = True
            serving.cancel()
        await workflow.wait_condition(lambda: self._serving is not serving)

    async def _tell(self, action: Action) -> bool:
        """Tell whoever carries it something; whether that was done.

        It is asked on the project's own queue, which only the host that carries it serves. Two do for a
        moment while it moves; an order for the other one is no order.
        """
        order = OrderProject(number=self._placed.number, action=action)
        for _ in range(TRIES):
            try:
                heard = await workflow.execute_activity(
                    ORDER,
                    order,
                    result_type=bool,
                    task_queue=self._placed.queue,
                    schedule_to_start_timeout=HEARD_WITHIN,
                    start_to_close_timeout=DONE_WITHIN,
                    retry_policy=ONCE,
                )
            except ActivityError:
                return False
            if heard:
                return True
        return False

    def _say(
        self,
        status: WorkerStatus,
        *,
        error: str | None = None,
        code: str | None = None,
        next_at: datetime | None = None,
    ) -> None:
        self._status = PlacementStatus(
            status=status,
            since=workflow.now(),
            attempts=self._placed.failures,
            error=error,
            error_code=code,
            next_attempt_at=next_at,
        )

    def _is_long(self) -> bool:
        return workflow.info().get_current_history_length() > LONGEST_LINK


def _reason(error: ActivityError, lost_with: str) -> tuple[str, str]:
    """Code and words of why a host does not carry it any more."""
    cause = error.cause
    if lost_with:
        return UNHEARD, f"Host `{lost_with}` was lost."
    if isinstance(cause, ApplicationError):
        return cause.type or "error", cause.message
    if isinstance(cause, OutOfTime):
        if cause.type == TimeoutType.SCHEDULE_TO_START:
            return ELSEWHERE, "The host that was named did not take it."
        return UNHEARD, f"Its host was not heard of for {SILENCE.total_seconds():g} s."
    return "error", str(cause or error)
