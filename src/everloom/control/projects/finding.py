"""Find a project by the name that somebody typed."""

from everloom.store import Project, ProjectMissing, ProjectQueueTaken, Transaction

from .names import ProjectName
from .platform import Platform


def parse_project(p: Platform, text: str) -> ProjectName:
    """Read `name` or `owner/name`.

    Raises:
        ProjectNameInvalid: It is neither.
    """
    return ProjectName.parse(text, p.settings.projects.user)


def parse_new_project(p: Platform, text: str) -> ProjectName:
    """Read the name of a project that is to be made.

    Its worker must not answer on the queue of hosts or of workers that are written by hand: what they
    are asked there would end as something of elsewhere.

    Raises:
        ProjectNameInvalid: It cannot be the name of one.
        ProjectQueueTaken: Its queue is not for projects.
    """
    name = parse_project(p, text)
    settings = p.settings
    others = {settings.hosts.queue, *settings.queues.names(), *settings.projects.queues}
    if name.queue in others:
        raise ProjectQueueTaken(name.queue)
    return name


async def check_former(tx: Transaction, name: ProjectName) -> None:
    """Refuse a project whose queue was that of another owner's, which is deleted.

    Temporal keeps the runs of that one for a while, under ids that begin with the queue.

    Raises:
        ProjectQueueTaken: It was.
    """
    former = await tx.audit.find("project.delete", name.namesakes)
    if former is not None:
        raise ProjectQueueTaken(name.queue, former.subject)


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
