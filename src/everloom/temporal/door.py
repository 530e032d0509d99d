"""The way to Temporal that everybody shares. It is the `Door` that workflows are started through."""

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from threading import Lock
from typing import Any
from uuid import uuid4

from temporalio.client import Client
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from everloom.authoring import IfExists, Message, StartOptions
from everloom.settings import Settings, load_settings

from .connecting import Connecting, Health
from .errors import RunExists, TemporalUnavailable
from .messages import Turns, UpdateWithStart, asked_again, has_ended, reuse_policy
from .translating import our_errors

PATIENCE = timedelta(seconds=10)
"""How long a single call waits for a connection; as long as the SDK itself tries a call again."""

LONGEST_SHARE = 64
"""Bytes of the name of a fair share, at most."""

_making = Lock()

_POLICIES: dict[IfExists, tuple[WorkflowIDReusePolicy, WorkflowIDConflictPolicy]] = {
    "use": (WorkflowIDReusePolicy.REJECT_DUPLICATE, WorkflowIDConflictPolicy.USE_EXISTING),
    "fail": (WorkflowIDReusePolicy.REJECT_DUPLICATE, WorkflowIDConflictPolicy.FAIL),
    "new": (WorkflowIDReusePolicy.ALLOW_DUPLICATE, WorkflowIDConflictPolicy.FAIL),
}


class TemporalService:
    """Reaches Temporal: connects when first used, once for all callers.

    While Temporal is away it tries again with growing waits, and says so once.
    """

    def __init__(
        self, settings: Settings, *, address: str | None = None, namespace: str | None = None
    ) -> None:
        """Say where to connect; nothing is connected yet.

        Args:
            settings: They name the profile, the waits and the time limits.
            address: Connect here instead of where the profile says, for example to the engine.
            namespace: Use this namespace instead of the profile's.
        """
        self.settings = settings
        self._connecting = Connecting(settings, address=address, namespace=namespace)
        self._turns = Turns()

    @property
    def address(self) -> str:
        """Where Temporal is.

        Raises:
            ConnectionInvalid: What says how to connect cannot be used.
        """
        return self._connecting.connection.address

    @property
    def namespace(self) -> str:
        """The namespace that is worked in.

        Raises:
            ConnectionInvalid: What says how to connect cannot be used.
        """
        return self._connecting.connection.namespace

    async def get_client(self, *, within: timedelta | None = None) -> Client:
        """The SDK's client, shared by all callers.

        Args:
            within: Longest wait while Temporal is away. None: wait until it is there.

        Raises:
            ConnectionInvalid: What says how to connect cannot be used.
            TemporalDenied: Temporal does not let us in.
            TemporalUnavailable: It did not answer in time.
        """
        return await self._connecting.get_client(within=within)

    def on_new_client(self, listener: Callable[[Client], None]) -> None:
        """Call the listener with each client that takes the place of one with older credentials.

        Certificates and keys that are replaced on the disk are taken over while we run. Who keeps a
        client, as the SDK's workers do, puts the new one in its place.
        """
        self._connecting.on_new_client(listener)

    async def health(self) -> Health:
        """Ask Temporal about our namespace, within `temporal.health_timeout`. Never raises."""
        return await self._connecting.health()

    async def close(self) -> None:
        """Let go of the connection. A later call connects anew."""
        await self._connecting.close()

    @asynccontextmanager
    async def talking(
        self,
        workflow_id: str = "",
        *,
        within: timedelta | None = PATIENCE,
        asks_worker: bool = False,
    ) -> AsyncGenerator[Client]:
        """The client for one piece of talk; the SDK's errors come out of the block as ours.

        Args:
            workflow_id: The run that is talked about.
            within: Longest wait for a connection. None: wait until Temporal is there.
            asks_worker: A worker has to answer: its silence is `NoWorker`.
        """
        client = await self.get_client(within=within)
        with our_errors(self._connecting, client, workflow_id, asks_worker=asks_worker):
            yield client

    async def start_workflow(self, workflow: str, input: object, options: StartOptions) -> str:
        """Start a run of the workflow type `workflow` and return its run id.

        Raises:
            RunExists: A run of that id exists, and `if_exists` does not allow it.
            TemporalUnavailable: Temporal is away.
        """
        try:
            return await self._start(workflow, input, options)
        except RunExists as error:
            if options.if_exists == "use" and error.run_id:
                return error.run_id  # it is closed; an open one Temporal gives back by itself
            raise

    async def workflow_result(
        self, workflow_id: str, run_id: str | None, result_type: type[Any] | None
    ) -> Any:
        """Wait for the end of a run, over continuations and outages, and return its result.

        Raises:
            RunFailed: It failed, was cancelled, was terminated or ran out of time.
            RunNotFound: There is no such run.
        """
        while True:
            try:
                async with self.talking(workflow_id, within=None) as client:
                    handle = client.get_workflow_handle(
                        workflow_id, run_id=run_id, result_type=result_type
                    )
                    return await handle.result()
            except TemporalUnavailable:
                continue  # the run goes on without us, and `talking` waits until Temporal is back

    async def signal_workflow(
        self, workflow_id: str, run_id: str | None, signal: Message, args: Sequence[object]
    ) -> None:
        """Send a signal.

        Raises:
            RunNotFound, MessageRefused: There is no such run, or it has ended.
            TemporalUnavailable: Temporal is away.
        """
        async with self.talking(workflow_id) as client:
            handle = client.get_workflow_handle(workflow_id, run_id=run_id)
            await handle.signal(signal, args=args)

    async def signal_with_start(
        self,
        workflow: str,
        input: object,
        options: StartOptions,
        *,
        signal: Message,
        args: Sequence[object],
    ) -> str:
        """Send a signal, start the run first if there is none, and return its run id.

        Raises:
            MessageRefused: The run has ended, and `if_exists` does not say `new`.
            TemporalUnavailable: Temporal is away.
        """
        try:
            async with self.talking(options.id) as client:
                handle = await client.start_workflow(
                    workflow,
                    input,
                    **self._start_arguments(options),
                    start_signal=_name(signal),
                    start_signal_args=args,
                    id_reuse_policy=reuse_policy(options.if_exists),
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                )
        except RunExists as error:
            raise has_ended(error, options.id, options) from error
        return handle.result_run_id or ""

    async def query_workflow(
        self,
        workflow_id: str,
        run_id: str | None,
        query: Message,
        *,
        args: Sequence[object],
        result_type: type[Any] | None,
    ) -> Any:
        """Ask a run something.

        Raises:
            RunNotFound, MessageRefused: There is no such run, or it failed to answer.
            NoWorker: No worker answered in time.
            TemporalUnavailable: Temporal is away.
        """
        async with self.talking(workflow_id, asks_worker=True) as client:
            handle = client.get_workflow_handle(workflow_id, run_id=run_id)
            return await handle.query(
                query,  # pyright: ignore[reportArgumentType] - the SDK takes both, its overloads only one
                args=args,
                result_type=result_type,
                rpc_timeout=PATIENCE,
            )

    async def update_workflow(
        self,
        workflow_id: str,
        run_id: str | None,
        update: Message,
        *,
        args: Sequence[object],
        result_type: type[Any] | None,
    ) -> Any:
        """Send an update and wait for its result, however long it takes.

        Raises:
            RunNotFound, MessageRefused: There is no such run, or it refused.
            RunNotReady: Its code stopped before it took the update.
            RunBusy: It had too many others under way, for a minute.
            TemporalUnavailable: Temporal is away.
        """
        update_id = str(uuid4())

        async def ask() -> Any:
            async with self.talking(workflow_id, asks_worker=True) as client:
                handle = client.get_workflow_handle(workflow_id, run_id=run_id)
                return await handle.execute_update(  # pyright: ignore[reportUnknownMemberType] - as above
                    update,  # pyright: ignore[reportArgumentType] - the SDK takes both, its overloads only one
                    args=args,
                    id=update_id,
                    result_type=result_type,
                )

        async with self._turns.of(workflow_id):
            return await asked_again(ask, patience=PATIENCE)

    async def update_with_start(
        self,
        workflow: str,
        input: object,
        options: StartOptions,
        *,
        update: Message,
        update_id: str,
        args: Sequence[object],
        result_type: type[Any] | None,
    ) -> tuple[Any, str]:
        """Send an update, start the run first if there is none; its answer and the run id.

        Raises:
            MessageRefused: It was refused or failed, or the run has ended and `if_exists` does not
                say `new`.
            RunBusy: It had too many others under way, for a minute.
            NoWorker: No worker accepted it in time. The run is started all the same.
            TemporalUnavailable: Temporal is away.
        """
        sent = UpdateWithStart(workflow, input, update, args, result_type, update_id)

        async def ask() -> tuple[Any, str]:
            async with self.talking(options.id, asks_worker=True) as client:
                start = self._start_arguments(options)
                return await sent.send(client, options.if_exists, PATIENCE, **start)

        try:
            async with self._turns.of(options.id):
                return await asked_again(ask, patience=PATIENCE)
        except RunExists as error:
            raise has_ended(error, options.id, options) from error

    async def cancel_workflow(self, workflow_id: str, run_id: str | None, reason: str) -> None:
        """Ask a run to stop in an orderly way.

        Raises:
            RunNotFound, MessageRefused: There is no such run, or it has ended.
            TemporalUnavailable: Temporal is away.
        """
        async with self.talking(workflow_id) as client:
            await client.get_workflow_handle(workflow_id, run_id=run_id).cancel(reason=reason)

    async def terminate_workflow(self, workflow_id: str, run_id: str | None, reason: str) -> None:
        """End a run at once.

        Raises:
            RunNotFound, MessageRefused: There is no such run, or it has ended.
            TemporalUnavailable: Temporal is away.
        """
        async with self.talking(workflow_id) as client:
            await client.get_workflow_handle(workflow_id, run_id=run_id).terminate(reason=reason)

    async def _start(self, workflow: str, input: object, options: StartOptions) -> str:
        reuse, conflict = _POLICIES[options.if_exists]
        async with self.talking(options.id) as client:
            handle = await client.start_workflow(
                workflow,
                input,
                **self._start_arguments(options),
                id_reuse_policy=reuse,
                id_conflict_policy=conflict,
            )
            return handle.result_run_id or ""

    def _start_arguments(self, options: StartOptions) -> dict[str, Any]:
        limits = self.settings.workflows
        return {
            "id": options.id,
            "task_queue": options.queue or self.settings.queues.default,
            "start_delay": options.start_delay,
            "execution_timeout": _limit(options.execution_timeout, limits.execution_timeout),
            "run_timeout": _limit(options.run_timeout, limits.run_timeout),
            "task_timeout": _limit(options.task_timeout, limits.task_timeout),
            "static_summary": options.summary or None,
            "memo": options.memo or None,
            "priority": _priority(options),
        }


def _priority(options: StartOptions) -> Priority:
    """Before whom it goes, and with whom it shares: names of a share may have 64 bytes."""
    share = options.share.encode()
    if len(share) > LONGEST_SHARE:
        share = share[:32] + hashlib.blake2b(share, digest_size=16).hexdigest().encode()
    return Priority(
        priority_key=options.priority, fairness_key=share.decode(errors="replace") or None
    )


def _limit(said: timedelta | None, otherwise: timedelta | None) -> timedelta | None:
    """A time limit; zero means none, and is not the same as nothing said."""
    return otherwise if said is None else said


def _name(message: Message) -> str:
    """The wire name of a signal."""
    definition = getattr(message, "__temporal_signal_definition", None)
    return message if isinstance(message, str) else str(getattr(definition, "name", ""))


def get_temporal_service() -> TemporalService:
    """The service of this process, made from the settings when first asked for.

    Raises:
        SettingsInvalid: The settings cannot be used.
    """
    with _making:  # FastAPI asks from several threads at once
        return _service()


@cache
def _service() -> TemporalService:
    return TemporalService(load_settings())
