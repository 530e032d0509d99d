"""How many runs go on with the code of a version?"""

from collections.abc import Sequence

from everloom.control.projects import Platform
from everloom.store import CompiledCode, Project

from .chains import chain_of
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
    return sum([await count_open(p, project, name) for name in chain.types])
