"""Updates that are asked again, and messages that start the run they are meant for."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from everloom.authoring import EntityContinues, Message, StartOptions

from .errors import MessageRefused, RunBusy, RunExists, RunNotReady

AnswerT = TypeVar("AnswerT")

SHORTEST_WAIT = timedelta(milliseconds=20)
LONGEST_WAIT = timedelta(seconds=1)
LONGEST_QUEUE = timedelta(minutes=1)
"""How long an update is sent again while the run has too many others."""


AT_ONCE = 10
"""So many updates of one run may be under way; Temporal refuses further ones, with much ado."""


class Turns:
    """Lets the updates of each run go out a few at once, in the order they came."""

    def __init__(self) -> None:
        self._by_run: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, workflow_id: str) -> AsyncGenerator[None]:
        """A turn, held until the answer is there.

        Raises:
            RunBusy: The others took too long: they may wait for the very update that has no turn.
        """
        turns = self._by_run.setdefault(workflow_id, asyncio.Semaphore(AT_ONCE))
        try:
            async with asyncio.timeout(LONGEST_QUEUE.total_seconds()):
                await turns.acquire()
        except TimeoutError:
            raise RunBusy.told(workflow_id, f"{AT_ONCE} others are under way") from None
        try:
            yield
        finally:
            turns.release()


async def asked_again(ask: Callable[[], Awaitable[AnswerT]], *, patience: timedelta) -> AnswerT:
    """Send an update, again where it was neither taken nor meant to be refused.

    That is so while an entity says that it is about to continue as new. And a message that comes just
    as a run does so makes Temporal give the run's last step back: updates in that step are told that
    the run was not ready. Of more than a few at once (10 for a run) Temporal refuses the others, until
    one has its answer.

    Args:
        ask: Sends it; always with one id, so that it is done once.
        patience: How long a run may be not ready, before it is taken for broken.

    Raises:
        MessageRefused: It was refused for another reason.
        RunBusy: Others were under way all the time.
        RunNotReady: The run's code stopped for longer.
    """
    begin, wait = asyncio.get_running_loop().time(), SHORTEST_WAIT
    while True:
        try:
            return await ask()
        except MessageRefused as error:
            if error.failure_type != EntityContinues.code:
                raise
        except RunNotReady:
            if asyncio.get_running_loop().time() > begin + patience.total_seconds():
                raise
        except RunBusy:
            if asyncio.get_running_loop().time() > begin + LONGEST_QUEUE.total_seconds():
                raise
        await asyncio.sleep(wait.total_seconds())
        wait = min(2 * wait, LONGEST_WAIT)


def has_ended(error: RunExists, workflow_id: str, options: StartOptions) -> MessageRefused:
    """What a message with a start is told when the run of its id has ended."""
    refused = MessageRefused(
        f"The run {workflow_id!r} has ended already, and takes no message.",
        hint='With `if_exists="new"` another run of the id is started.'
        if options.if_exists == "use"
        else "",
    )
    refused.__cause__ = error
    return refused


@dataclass(frozen=True)
class UpdateWithStart:
    """An update that starts its run if there is none."""

    workflow: str
    input: object
    update: Message
    args: Sequence[object]
    result_type: type[Any] | None
    update_id: str

    async def send(
        self, client: Client, if_exists: str, patience: timedelta, **start: Any
    ) -> tuple[Any, str]:
        """Send it, and wait for the answer however long it takes; the answer and the run id.

        Args:
            client: Where to.
            if_exists: `use` or `new`.
            patience: How long a worker may take to accept it.
            **start: How the run is started.
        """
        operation = WithStartWorkflowOperation[Any, Any](
            self.workflow,
            self.input,
            **start,
            id_reuse_policy=reuse_policy(if_exists),
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        # Asked for, because the SDK keeps an error there too, and Python tells of one nobody looked at.
        started = asyncio.ensure_future(operation.workflow_handle())
        try:
            handle = await client.start_update_with_start_workflow(  # pyright: ignore[reportUnknownMemberType] - the SDK leaves it open
                self.update,  # pyright: ignore[reportArgumentType] - the SDK takes both, its overloads only one
                args=self.args,
                start_workflow_operation=operation,
                wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                id=self.update_id,
                result_type=self.result_type,
                rpc_timeout=patience,
            )
        finally:
            started.cancel()
            await asyncio.wait([started])
            if not started.cancelled():
                started.exception()
        return await handle.result(), handle.workflow_run_id or ""


def reuse_policy(if_exists: str) -> WorkflowIDReusePolicy:
    """Whether a closed run makes room for a new one."""
    if if_exists == "new":
        return WorkflowIDReusePolicy.ALLOW_DUPLICATE
    return WorkflowIDReusePolicy.REJECT_DUPLICATE
