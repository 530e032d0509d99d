"""Find a project by the name that somebody typed."""

from everloom.store import Project, ProjectMissing, Transaction

from .names import ProjectName
from .platform import Platform


def parse_project(p: Platform, text: str) -> ProjectName:
    """Read `name` or `owner/name`.

    Raises:
        ProjectNameInvalid: It is neither.
    """
    return ProjectName.parse(text, p.settings.projects.user)


async def find_project(p: Platform, tx: Transaction, text: str) -> Project:
    """The project of a name, within a transaction.

    Raises:
        ProjectNameInvalid: It cannot be the name of one.
        ProjectMissing: There is none.
    """
    name = parse_project(p, text)
    found = await tx.projects.find(name.owner, name.name)
    if found is None:
        raise ProjectMissing(str(name))
    return found


async def read_project(p: Platform, text: str) -> Project:
    """The project of a name.

    Raises:
        ProjectNameInvalid: It cannot be the name of one.
        ProjectMissing: There is none.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        return await find_project(p, tx, text)
