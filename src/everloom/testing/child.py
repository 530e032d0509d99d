"""The worker process of a test, from its order to its end. Started by `processes.py` alone.

Standard input brings the order and ends when the parent ends or lets it go; standard output carries
what the parent has to know. What the code prints goes to standard error.
"""

import asyncio
import json
import os
import pickle
import signal
import sys
import threading
from base64 import b64decode
from collections.abc import Callable
from typing import Any, BinaryIO

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)
from typing_extensions import override

from everloom.core import EverloomError

from .code import gather
from .processes import KillAt, Order
from .serving import LEAVE_LIMIT, Serving, serve
from .temporal import Temporal

Say = Callable[[dict[str, str]], None]


def main() -> None:
    """Serve until the parent lets go. Ends without the interpreter's own shut-down: see worker."""
    orders = os.fdopen(os.dup(0), "rb")
    say = _speaker()
    try:
        sys.path[:] = _read(orders)
        order: Order = _read(orders)
        asyncio.run(_serve(order, orders, say))
        code = 0
    except EverloomError as error:
        sys.stderr.write(f"error: {error.message} {error.hint}\n")
        code = 2
    sys.stderr.flush()
    os._exit(code)


def _read(orders: BinaryIO) -> Any:
    return pickle.loads(b64decode(orders.readline()))  # noqa: S301 - our own parent's


def _speaker() -> Say:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(message: dict[str, str]) -> None:
        answers.write(json.dumps(message).encode() + b"\n")
        answers.flush()

    return say


async def _serve(order: Order, orders: BinaryIO, say: Say) -> None:
    temporal = Temporal(order.settings, address=order.address, namespace=order.namespace)
    served = gather(order.settings, order.code)
    serving = Serving(
        queue=order.queue,
        lost_after=order.lost_after,
        interceptors=(_KillInActivity(order.kill),),
        around=lambda runner: _TellingRunner(runner, say, order.kill),
    )
    async with serve(temporal, served, serving, fakes=order.fakes, provide=order.provide):
        say({"serving": order.queue})
        await asyncio.to_thread(orders.read)
        _die_if_stuck()


def _die_if_stuck() -> None:
    """Nobody is left to kill a process whose activity keeps it, when its parent has ended."""
    limit = threading.Timer(2 * LEAVE_LIMIT, _die)
    limit.daemon = True
    limit.start()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _KillInActivity(Interceptor):
    def __init__(self, kill: KillAt | None) -> None:
        self._kill = kill
        self._seen = 0

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Killing(next, self)

    def due(self, name: str, *, at_start: bool) -> bool:
        """Whether this is the moment. Calls are counted when they start."""
        kill = self._kill
        if kill is None or kill.moment == "event" or kill.activity != name:
            return False
        if at_start:
            self._seen += 1
        return self._seen >= kill.nth and (kill.moment == "start") == at_start


class _Killing(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, kills: _KillInActivity) -> None:
        super().__init__(inner)
        self._kills = kills

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        name = activity.info().activity_type
        if self._kills.due(name, at_start=True):
            _die()
        result = await super().execute_activity(input)
        if self._kills.due(name, at_start=False):
            _die()
        return result


class _TellingRunner(WorkflowRunner):
    """Tells the parent of each run, and dies at the event that was named."""

    def __init__(self, inner: WorkflowRunner, say: Say, kill: KillAt | None) -> None:
        self._inner = inner
        self._say = say
        self._last = kill.nth if kill is not None and kill.moment == "event" else None

    @override
    def prepare_workflow(self, defn: Any) -> None:
        self._inner.prepare_workflow(defn)

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        self._say({"run": det.info.run_id, "workflow": det.info.workflow_id})
        instance = self._inner.create_instance(det)
        return instance if self._last is None else _Mortal(instance, self._last)

    @override
    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        self._inner.set_worker_level_failure_exception_types(types)


class _Mortal(WorkflowInstance):
    """A workflow's instance that takes its process with it when its history has grown so long."""

    def __init__(self, inner: WorkflowInstance, last: int) -> None:
        self._inner = inner
        self._last = last

    @override
    def activate(self, act: Any) -> Any:
        if act.history_length >= self._last and not act.is_replaying:
            _die()
        return self._inner.activate(act)

    @override
    def get_serialization_context(self, command_info: Any) -> Any:
        return self._inner.get_serialization_context(command_info)

    @override
    def get_external_store_context(self, command_info: Any) -> Any:
        return self._inner.get_external_store_context(command_info)

    @override
    def get_info(self) -> Any:
        return self._inner.get_info()

    @override
    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()


if __name__ == "__main__":
    main()
