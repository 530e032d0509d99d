"""Whose code do the runs of a version go on with? From fix to fix, unless a run is pinned on the way.

A run follows `fixed_by` from its own version on, and stays with the first version on that way that it
is pinned to. Pure, but for the functions that read and write pins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from everloom.store import CompiledCode, Pin, Transaction, VersionId

from .replaying import GatedRun, Key


@dataclass(frozen=True)
class Chain:
    """The versions whose runs would go on with a fix."""

    end: CompiledCode
    """The version that the fix is put after."""

    leading: tuple[CompiledCode, ...]
    """All versions whose runs come to that end, itself included."""

    @property
    def types(self) -> tuple[str, ...]:
        """Their workflow types."""
        return tuple(each.type_name for each in self.leading)

    def stays_with(self, type_name: str, started_at: datetime) -> VersionId:
        """The version whose code a run has before the fix: the end, or one that has its own again."""
        by_id = {each.id: each for each in self.leading}
        code = next((each for each in self.leading if each.type_name == type_name), self.end)
        for _ in self.leading:
            if code.own_from is not None and started_at >= code.own_from:
                return code.id
            code = by_id.get(code.fixed_by or code.id, code)
        return self.end.id


def chain_of(
    versions: Sequence[CompiledCode], of: CompiledCode, before: VersionId | None = None
) -> Chain:
    """The chain that a version belongs to.

    Args:
        versions: All versions of the definition.
        of: The version.
        before: Stop before this version: what comes when a fix is in its place already.
    """
    way = _way(versions, of, before)
    end = way[-1]
    leading = [each for each in versions if _way(versions, each, before)[-1].id == end.id]
    return Chain(end, tuple(each for each in leading if each.id != before))


async def pinned_within(tx: Transaction, chain: Chain) -> dict[Key, VersionId]:
    """Which runs are pinned to which version of a chain."""
    return {
        (pin.workflow_id, pin.run_id): pin.version_id
        for each in chain.leading
        for pin in await tx.versions.pins(each.id)
    }


async def pin_runs(tx: Transaction, chain: Chain, runs: Iterable[GatedRun]) -> None:
    """Let open runs that do not replay stay where they are, and all others go on with the fix."""
    pinned = await pinned_within(tx, chain)
    for run in runs:
        if not run.is_open:
            continue
        if run.misfit is None:
            if run.key in pinned:
                await tx.versions.unpin(pinned[run.key], *run.key)
            continue
        await tx.versions.pin(
            Pin(
                version_id=pinned.get(run.key) or chain.stays_with(run.type_name, run.started_at),
                workflow_id=run.workflow_id,
                run_id=run.run_id,
                reason=run.misfit.reason,
                event=run.misfit.event,
                task=run.misfit.task,
                line=run.misfit.line,
            )
        )


def _way(
    versions: Sequence[CompiledCode], start: CompiledCode, before: VersionId | None
) -> list[CompiledCode]:
    """The versions from one on, fix by fix."""
    by_id = {each.id: each for each in versions}
    way = [start]
    while True:
        following = way[-1].fixed_by
        if following is None or following == before or following not in by_id:
            return way
        if by_id[following] in way:
            return way
        way.append(by_id[following])
