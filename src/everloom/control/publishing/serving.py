"""How many runs go on with the code of a version?"""

from collections.abc import Sequence

from everloom.control.projects import Platform
from everloom.store import CompiledCode, Project

from .chains import Chain, chain_of, pinned_within
from .runs import count_open


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
    chain = chain_of(versions, code, code.fixed_by)
    listed = sum([await count_open(p, project, name) for name in chain.types])
    if len(chain.leading) == 1 and code.fixed_by is None:
        return listed
    if code.fixed_by is not None:
        return await _staying(p, project, versions, code)
    return max(0, listed - await _elsewhere(p, project, chain))


async def _staying(
    p: Platform, project: Project, versions: Sequence[CompiledCode], code: CompiledCode
) -> int:
    """Open runs of a version that was fixed, and of those that it repairs, that stay with it."""
    whole = chain_of(versions, code)
    return await _count(p, project, whole, code)


async def _elsewhere(p: Platform, project: Project, chain: Chain) -> int:
    """Open runs of a chain that do not come to its end."""
    others = [each for each in chain.leading if each.id != chain.end.id]
    return sum([await _count(p, project, chain, each) for each in others])


async def _count(p: Platform, project: Project, chain: Chain, code: CompiledCode) -> int:
    """Open runs that stay with a version of a chain: pinned to it, or begun when it was active again."""
    async with p.store.begin() as tx:
        runs = await tx.executions.list_open(project.id, list(chain.types))
        pinned = await pinned_within(tx, chain)
    found = 0
    for run in runs:
        own = chain.stays_with(run.type_name, run.started_at)
        found += pinned.get((run.workflow_id, run.run_id), own) == code.id
    return found
