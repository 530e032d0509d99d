"""What can be wrong with running workers."""

from collections.abc import Iterable, Sequence
from typing import Self

from everloom.core import Conflict, Invalid, NotFound, Problem, Unavailable, did_you_mean

from .messages import Rehearsal
from .replay.shapes import Break, Replayed, group_breaks

RUNS_NAMED = 3
SHOWN_ID = 36
"""Characters of a run's name: as many as a UUID has."""


class QueueUnknown(NotFound):
    """A queue was named that the settings do not have."""

    code = "queue-unknown"

    def __init__(self, queue: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no queue `{queue}`.", hint=did_you_mean(queue, known))


class NothingToServe(Invalid):
    """No workflow or activity is bound to any of the queues."""

    code = "nothing-to-serve"

    @classmethod
    def on(cls, queues: Iterable[str], bound: Iterable[str]) -> Self:
        """The error for queues that were asked for, with those the code has work on."""
        there = ", ".join(f"`{queue}`" for queue in bound)
        return cls(
            f"No workflow or activity is bound to {' or '.join(f'`{each}`' for each in queues)}.",
            hint=f"The code has work on {there}."
            if there
            else "`catalog.packages` names the packages with your workflows.",
        )


class WorkerCodeInvalid(Invalid):
    """A worker process could not start, because of the code or the settings it found."""

    code = "worker-code-invalid"


class SyntaxBroken(Invalid):
    """A saved file is no Python; the workers go on with the code they have."""

    code = "syntax-broken"


class EditBreaksRuns(Conflict):
    """Saved code breaks runs that are open."""

    code = "edit-breaks-runs"

    @classmethod
    def held(cls, rehearsal: Rehearsal, *, served: bool) -> Self:
        """The error for code that was therefore not taken.

        Args:
            rehearsal: What a replay of the open runs found.
            served: Whether the code from before is still served.
        """
        goes_on = "the workers go on with the code they have"
        return cls(
            f"This edit would break {_running(rehearsal)}; "
            f"{goes_on if served else 'nothing is served until it is mended or taken'}.",
            hint="Once it is mended it is taken over by itself. To take it as it is, save it once "
            "more unchanged; `worker.reload_breaking` says what happens without asking.",
            problems=_run_problems(rehearsal),
        )

    @classmethod
    def taken(cls, rehearsal: Rehearsal) -> Self:
        """The error for code that was taken all the same."""
        return cls(
            f"This edit breaks {_running(rehearsal)}; it was taken all the same.",
            hint="They stand still and lose nothing until the code fits them again. With "
            "`worker.reload_breaking: hold` such an edit waits until it is mended or asked for twice.",
            problems=_run_problems(rehearsal),
        )


def _running(rehearsal: Rehearsal) -> str:
    count = rehearsal.broken
    return "1 running workflow" if count == 1 else f"{count} running workflows"


def _run_problems(rehearsal: Rehearsal) -> list[Problem]:
    return [_run_breaks(each, runs) for each, runs in group_breaks(rehearsal.breaks)]


def _run_breaks(broken: Break, runs: Sequence[Replayed]) -> Problem:
    named = ", ".join(_short(each) for each in runs[:RUNS_NAMED])
    more = f" and {len(runs) - RUNS_NAMED} more" if len(runs) > RUNS_NAMED else ""
    return Problem(
        "run-breaks",
        f"`{runs[0].workflow}` {named}{more}: {broken.message}",
        broken.hint,
        broken.place,
    )


def _short(run: Replayed) -> str:
    shown = run.workflow_id
    if len(shown) > SHOWN_ID:
        shown = f"{shown[: SHOWN_ID // 2]}…{shown[-SHOWN_ID // 2 :]}"
    broken = run.broken
    at = f", event {broken.event_id} {broken.event}" if broken and broken.event_id else ""
    at += f", reset to {broken.reset_to}" if broken and broken.reset_to else ""
    return f"{shown} (run {run.short_run_id}{at})"


class HealthPortTaken(Conflict):
    """Something else listens where the health endpoints shall be."""

    code = "health-port-taken"

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"The health endpoints cannot listen on {host}:{port}: {reason}.",
            hint="Set `worker.health_port` to another port; 0 takes a free one and names it.",
        )


class CompanionDown(Unavailable):
    """A process that runs beside the workers ended before it answered."""

    code = "companion-down"
