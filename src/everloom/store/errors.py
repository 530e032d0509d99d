"""What can go wrong with what is kept. No message holds a password or a value of a statement."""

from datetime import datetime

from everloom.core import Conflict, Invalid, NotFound, Unavailable

from .rows import CompiledCode, Definition


class StoreUnavailable(Unavailable):
    """The database does not answer, is busy with somebody else, or has no room left."""

    code = "store-unavailable"


class StoreRefused(Invalid):
    """The database is there and will not have us: name, password, rights, or no database at all."""

    code = "store-refused"


class StoreAddressInvalid(Invalid):
    """`store.url` names no database that Everloom can use."""

    code = "store-address-invalid"


class StoreOutdated(Conflict):
    """The tables of the database are of another version than the code."""

    code = "store-outdated"


class RowMissing(NotFound):
    """A row of the database that was named by its id, or that another belongs to, is not there."""

    code = "row-missing"

    def __init__(self, what: str, id: str) -> None:
        super().__init__(
            f"There is no {what} of the id {id!r}; it may have been deleted meanwhile."
        )


class ProjectMissing(NotFound):
    """There is no such project."""

    code = "project-missing"

    def __init__(self, project: str) -> None:
        super().__init__(
            f"There is no project {project!r}.",
            hint="`everloom projects list` shows those that there are.",
        )


class ProjectExists(Conflict):
    """The owner has a project of that name."""

    code = "project-exists"

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(
            f"There is a project {f'{owner}/{name}'!r} already.",
            hint="Choose another name, or delete that project first.",
        )


class ProjectQueueTaken(Conflict):
    """Another project, or something else of the installation, has the queue it would have."""

    code = "project-queue-taken"

    def __init__(self, queue: str, taken_by: str | None = None) -> None:
        """Say whose the queue is.

        Args:
            queue: The queue.
            taken_by: The project that has it. None: hosts, or workers that are written by hand.
        """
        whose = "hosts or of other workers" if taken_by is None else f"the project {taken_by!r}"
        super().__init__(
            f"The queue {queue!r} is that of {whose}.",
            hint="Choose another name: owner and name together make the queue.",
        )


class UserExists(Conflict):
    """There is a user of that name."""

    code = "user-exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a user {name!r} already.", hint="Choose another name.")


class DefinitionExists(Conflict):
    """The project has a definition of that name."""

    code = "definition-exists"

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The project has a definition {full_name!r} already.",
            hint="Save its draft, or choose another name.",
        )


class DraftChanged(Conflict):
    """Somebody else saved the draft meanwhile."""

    code = "draft-changed"

    def __init__(self, found: Definition, expected: int | None) -> None:
        """Say what is there.

        Args:
            found: The draft as it is now.
            expected: The revision that the change began with. None: nobody said.
        """
        if expected is None:
            so, hint = (
                "",
                f"To replace it, say that your change began with revision {found.revision}.",
            )
        else:
            so, hint = (
                f", not {expected}",
                "Read it anew, bring both changes together, and save that.",
            )
        super().__init__(
            f"The draft of {found.full_name!r} was saved by {found.draft_by!r} at"
            f" {_shown(found.draft_at)}: it is at revision {found.revision}{so}.",
            hint=hint,
        )
        self.found = found
        """The draft as it is now."""


class VersionExists(Conflict):
    """The version is published already, with other code."""

    code = "version-exists"

    def __init__(self, found: CompiledCode) -> None:
        super().__init__(
            f"Version {found.type_name!r} was published by {found.author!r} at"
            f" {_shown(found.created_at)}, and versions never change.",
            hint="Raise `document.version`, or publish with `--as` and the next version.",
        )
        self.found = found
        """The version that is there."""


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
