"""How many runs go on with the code of a version?"""

from collections.abc import Sequence
from datetime import datetime

from everloom.control.projects import Platform
from everloom.store import CompiledCode, Project
from everloom.temporal import count_runs

from .chains import chain_of
from .runs import count_open, is_open, open_runs_of


async def count_served(
    p: Platform, project: Project, versions: Sequence[CompiledCode], code: CompiledCode
) -> int:
    """Open runs that go on with the code of a version: its own, and those that it repairs.

    Args:
        p: The platform.
        project: The project.
        versions: All versions of the definition.
        code: The version.

    Raises:
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    if code.fixed_by is not None:
        return await _staying(p, project, versions, code)
    chain = chain_of(versions, code)
    coming = sum([await count_open(p, project, name) for name in chain.types])
    others = [each for each in chain.leading if each.id != code.id]
    return max(0, coming - sum([await _staying(p, project, versions, each) for each in others]))


async def count_needing(
    p: Platform, project: Project, versions: Sequence[CompiledCode], code: CompiledCode
) -> int:
    """Open runs whose way to their code leads over a version, though they may go on from it.

    Raises:
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    chain = chain_of(versions, code, code.fixed_by)
    return sum([await count_open(p, project, name) for name in chain.types])


async def _staying(
    p: Platform, project: Project, versions: Sequence[CompiledCode], code: CompiledCode
) -> int:
    """Open runs that stay with a version that was fixed: pinned, or begun when it was active again."""
    async with p.store.begin() as tx:
        pins = await tx.versions.pins(code.id)
    pinned = sum([await is_open(p, pin.workflow_id, pin.run_id) for pin in pins])
    if code.own_from is None:
        return pinned
    types = chain_of(versions, code, code.fixed_by).types
    return pinned + sum([await _since(p, project, name, code.own_from) for name in types])


async def _since(p: Platform, project: Project, type_name: str, start: datetime) -> int:
    query = f"{open_runs_of(project, type_name)} AND StartTime >= '{start.isoformat()}'"
    return await count_runs(p.temporal, query)
