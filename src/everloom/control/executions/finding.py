"""Find the runs of a project, and nobody else's.

The id of a run begins with its project's queue, so a run of another project has an id that this
project has none of: it is missing here as one is that never was, and in the same words.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeAlias

from everloom.control.projects import ProjectName, workflow_id_of
from everloom.core import EverloomError
from everloom.store import Project
from everloom.temporal import RunNotFound

Named: TypeAlias = Project | ProjectName
"""A project, or its name while nobody can look it up."""


def id_of(project: Named, id: str) -> str:
    """What Temporal calls a run.

    Raises:
        RunNotFound: No run can be called that: what a terminal passes on need not be UTF-8.
    """
    try:
        id.encode()
    except UnicodeEncodeError:
        raise missing(project, id) from None
    return workflow_id_of(project.queue, id)


def missing(project: Named, id: str) -> RunNotFound:
    """A project has no run of that id."""
    return RunNotFound(
        f"The project `{project.owner}/{project.name}` has no run {id!r}.",
        hint=f"`everloom runs list --project {project.owner}/{project.name}` shows those it has.",
    )


@contextmanager
def about(project: Named, id: str) -> Generator[None]:
    """Let errors out in the words of the project: its runs by the ids that people know.

    Raises:
        RunNotFound: The project has no such run.
    """
    try:
        yield
    except RunNotFound:
        raise missing(project, id) from None
    except EverloomError as error:
        prefix = workflow_id_of(project.queue, "")
        error.message = error.message.replace(prefix, "")
        error.hint = error.hint.replace(prefix, "")
        error.args = (error.message, *error.args[1:])
        raise
