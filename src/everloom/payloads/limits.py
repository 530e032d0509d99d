"""How large payloads are and how deep they nest, said before one breaks a limit.

A payload is measured where it is made, in the code that made it: there a failure can name the step.
Found later, while a task is sent, it would only be refused again and again.
"""

import asyncio
from dataclasses import dataclass
from typing import ClassVar, NoReturn, Protocol
from weakref import WeakKeyDictionary

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    SerializationContext,
    WorkflowSerializationContext,
)

from everloom.authoring import failure_from
from everloom.observe import get_logger
from everloom.settings import PayloadSettings

from .errors import PayloadTooDeep, PayloadTooLarge
from .nesting import DEEPEST, nests_too_deep
from .outside import put_outside

_SAID_AT_MOST = 10_000
_SMALL = 1024
"""Smaller payloads are not counted: a task has at most two thousand of them."""

_TASK_ROOM = 1536 * 1024
"""Bytes that a run sends with one task before further payloads go outside."""

_MESSAGE = 3584 * 1024
"""Bytes of payloads in one message: Temporal takes 4 MiB, and there is more than payloads in it."""

_MIB = 1024 * 1024

log = get_logger("everloom.payloads")


class Packing(Protocol):
    """Whoever knows how large a payload will be when it is sent."""

    def packed_size(self, payload: Payload) -> int:
        """Bytes of a payload as it would be sent."""
        ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a payload belongs to, as far as the SDK says."""

    what: str
    """In words, for a sentence: `what activity x takes or gives`."""
    workflow_id: str = ""
    run_id: str = ""
    activity: str = ""
    is_replayed: bool = False
    in_worker: bool = False

    @classmethod
    def of(cls, context: SerializationContext | None) -> "Step":
        """The step that a payload is made in."""
        info = workflow.info() if workflow.in_workflow() else None
        run_id = info.run_id if info is not None else ""
        replayed = info is not None and workflow.unsafe.is_replaying()
        if isinstance(context, ActivitySerializationContext):
            name = context.activity_type or context.activity_id or ""
            side = "goes into" if info is not None else "comes out of"
            return cls(
                what=f"What {side} the activity `{name}` of the run {context.workflow_id!r}",
                workflow_id=context.workflow_id or "",
                run_id=run_id,
                activity=name,
                is_replayed=replayed,
                in_worker=True,
            )
        id = context.workflow_id if isinstance(context, WorkflowSerializationContext) else ""
        if info is None:
            return cls(what=f"What is sent to the run {id!r}" if id else "A value", workflow_id=id)
        what = f"What the run {info.workflow_id!r} gives"
        if id != info.workflow_id:
            what = f"What the run {info.workflow_id!r} sends to {id!r}"
        return cls(
            what=what,
            workflow_id=info.workflow_id,
            run_id=run_id,
            is_replayed=replayed,
            in_worker=True,
        )


class SizeCheck:
    """Measures payloads as they are made: reports those that grow, refuses those that are too large."""

    _said: ClassVar[dict[tuple[str, str, str], None]] = {}
    """What was reported already: once for each step of a run."""

    def __init__(self, section: PayloadSettings, packing: Packing) -> None:
        self._section = section
        self._packing = packing
        self._warned_from = section.limit * section.warn_share
        self._tasks = WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[int, int]]()

    def check(self, payloads: list[Payload], context: SerializationContext | None) -> None:
        """Look at the payloads of one value or one list of arguments.

        Raises:
            ApplicationError: In a worker: they are too large, of type `payload-too-large`, or one
                nests too deep, of type `payload-too-deep`.
            PayloadTooLarge, PayloadTooDeep: The same elsewhere.
        """
        if any(_is_json(each) and nests_too_deep(each.data) for each in payloads):
            self.refuse_depth(context)
        section = self._section
        sizes = [each.ByteSize() for each in payloads]
        total = sum(sizes)
        if total >= _SMALL and workflow.in_workflow():
            self._count(payloads, total, context)
        if total < self._warned_from:
            return
        outside = section.threshold if section.external else None
        largest = max(sizes)
        if outside is not None and largest > section.external_limit:
            self._refuse(Step.of(context), largest, section.external_limit, kept="outside")
        inline = self._inline(payloads, sizes, outside)
        if inline > section.limit:
            self._refuse(Step.of(context), inline, section.limit, kept="inline")
        elif inline >= self._warned_from:
            self._report(Step.of(context), inline)

    def refuse_depth(self, context: SerializationContext | None) -> NoReturn:
        """Refuse what nests too deep.

        Raises:
            ApplicationError, PayloadTooDeep: As `check` does.
        """
        step = Step.of(context)
        said = f"{step.what} nests deeper than {DEEPEST} levels, and could not be read again."
        error = PayloadTooDeep(
            said, hint="Pass it as a text, or keep what is deep in lists of parts."
        )
        raise failure_from(error) if step.in_worker else error

    def _count(
        self, payloads: list[Payload], size: int, context: SerializationContext | None
    ) -> None:
        """Add to what a run sends to Temporal with one task, and keep it below one message.

        The sum is of payloads as they are before compression, and of those that go outside anyway
        only as much as the threshold: at worst something is kept outside without need.
        """
        section = self._section
        loop = asyncio.get_running_loop()  # the run's own, and a new one for each replay of it
        task = workflow.info().get_current_history_length()
        known, sent = self._tasks.get(loop, (task, 0))
        counted = min(size, int(section.threshold)) if section.external else size
        sent = counted + (sent if known == task else 0)
        self._tasks[loop] = (task, sent)
        if section.external and sent > _TASK_ROOM:
            for each in payloads:
                if each.ByteSize() < section.threshold:  # others go there anyway
                    put_outside(each)
        elif not section.external and sent > _MESSAGE:
            self._refuse(Step.of(context), sent, _MESSAGE, kept="together")

    def _inline(self, payloads: list[Payload], sizes: list[int], outside: int | None) -> int:
        """Bytes that go to Temporal itself."""
        if outside is not None:
            # What is above the threshold is kept outside, or compression brings it below.
            return sum(min(size, outside) for size in sizes if size < outside)
        return sum(self._packing.packed_size(each) for each in payloads)

    def _report(self, step: Step, size: int) -> None:
        key = (step.workflow_id, step.run_id, step.what)
        if step.is_replayed or key in self._said:
            return
        if len(self._said) >= _SAID_AT_MOST:
            self._said.clear()
        self._said[key] = None
        limit = int(self._section.limit)
        log.warning(
            "payload grows towards its limit",
            workflow_id=step.workflow_id,
            run=step.run_id,
            activity=step.activity,
            step=step.what,
            size=size,
            limit=limit,
            share=round(size / limit, 2),
            hint=_REMEDY,
        )

    def _refuse(self, step: Step, size: int, limit: int, *, kept: str) -> None:
        said = f"{step.what} {_KEPT[kept].format(size=_mib(size), limit=_mib(limit))}"
        error = PayloadTooLarge(said, hint=_REMEDY)
        raise failure_from(error) if step.in_worker else error


def _is_json(payload: Payload) -> bool:
    return payload.metadata.get("encoding", b"").startswith(b"json/")


_KEPT = {
    "inline": "has {size}; Temporal takes {limit} at most.",
    "outside": "has {size}; `payloads.external_limit` allows {limit} at most.",
    "together": (
        "makes {size} with what the run sends at the same moment; "
        "Temporal takes {limit} in one message."
    ),
}
_REMEDY = (
    "Keep large data in the object store and pass its key, pass it in pages, or let "
    "`payloads.external` keep large payloads outside."
)


def _mib(size: int) -> str:
    return f"{size / _MIB:.1f} MiB" if size >= _MIB / 10 else f"{size} bytes"
