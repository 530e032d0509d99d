"""The replay gate: runs of one version go on with the code of another only if they replay on it.

What is open is replayed twice: before the fix is written, and again when every worker has dropped the
runs in its memory. Between the two a run may have gone on with its old code in a way that the fixed
code does not go; from then on it cannot, because no worker has the old code for it any more.
"""

from dataclasses import dataclass, replace

from everloom.control.placement import refresh_worker
from everloom.control.projects import EVENTS, Platform, note
from everloom.core import Json
from everloom.store import CompiledCode, Project, Transaction

from .chains import Chain, pin_runs
from .replaying import GatedRun, Replays, replay_runs


@dataclass(frozen=True, kw_only=True)
class GateReport:
    """What came out at the gate."""

    fix: str
    """Workflow type of the fixed code."""

    of: tuple[str, ...]
    """The versions whose runs may go on with it."""

    runs: tuple[GatedRun, ...]
    """Everything that was replayed, open and closed."""

    is_done: bool
    """Whether runs go on with the fixed code now."""

    forced: bool = False
    worker_problem: str = ""
    """Why the worker was not told. Then open runs are not certain to be checked: do it again."""

    @property
    def replayed(self) -> tuple[GatedRun, ...]:
        """Those that fit."""
        return tuple(each for each in self.runs if each.misfit is None)

    @property
    def pinned(self) -> tuple[GatedRun, ...]:
        """Open runs that stay on their old code."""
        return tuple(each for each in self.runs if each.is_open and each.misfit is not None)

    @property
    def closed_misfits(self) -> tuple[GatedRun, ...]:
        """Closed runs that would have gone another way with the fixed code."""
        return tuple(each for each in self.runs if not each.is_open and each.misfit is not None)


async def link_fix(
    tx: Transaction,
    chain: Chain,
    fix: CompiledCode,
    runs: list[GatedRun],
    *,
    by: str,
    forced: bool,
) -> None:
    """Let the runs of a chain go on with a fix, but for those that do not replay."""
    await pin_runs(tx, chain, runs)
    await tx.versions.set_fix(chain.end.id, fix.id)
    await tx.versions.follow([each.id for each in chain.leading])
    stay = [each for each in runs if each.is_open and each.misfit is not None]
    told: Json = {
        "version": fix.version,
        "of": [each.version for each in chain.leading],
        "replayed": sum(each.misfit is None for each in runs),
        "pinned": [_told(each) for each in stay],
    }
    await note(
        tx,
        by=by,
        action="version.fix",
        subject=fix.type_name,
        project_id=fix.project_id,
        before={"version": chain.end.version},
        after=told,
        event=f"{EVENTS}version.fixed",
        forced=forced,
    )


async def check_again(
    p: Platform,
    project: Project,
    chain: Chain,
    fix: CompiledCode,
    *,
    report: GateReport,
    replays: Replays,
) -> GateReport:
    """After a fix was written: workers drop their runs, and what has gone on since is replayed again."""
    told = await refresh_worker(p, project, chain.types, drop_runs=True)
    known = {each.key: each for each in report.runs}
    now = await replay_runs(p, project, fix, chain.types, replays=replays, known=known)
    late = [
        each
        for each in now
        if each.misfit is not None and (each.key not in known or known[each.key].misfit is None)
    ]
    if late:
        async with p.store.begin() as tx:
            await pin_runs(tx, chain, late)
        told = await refresh_worker(p, project, chain.types, drop_runs=True) or told
    found = {**known, **{each.key: each for each in now}}
    return replace(report, runs=tuple(found.values()), worker_problem=told)


def _told(run: GatedRun) -> Json:
    misfit = run.misfit
    assert misfit is not None  # noqa: S101 - only those that do not replay are told
    return {
        "run": run.name,
        "run_id": run.run_id,
        "reason": misfit.reason,
        "event": misfit.event,
        "task": misfit.task,
        "line": misfit.line,
    }
