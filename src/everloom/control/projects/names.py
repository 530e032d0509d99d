"""What projects and runs are called: by people, and on the wire."""

import re
from dataclasses import dataclass
from typing import Self

from typing_extensions import override

from everloom.core import Invalid

_PART = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")


class ProjectNameInvalid(Invalid):
    """A project, or its owner, cannot be called that."""

    code = "project-name-invalid"


@dataclass(frozen=True)
class ProjectName:
    """`owner/name`."""

    owner: str
    name: str

    @classmethod
    def parse(cls, text: str, owner: str) -> Self:
        """Read `name` or `owner/name`.

        Args:
            text: What somebody typed.
            owner: Whose project is meant when none is named.

        Raises:
            ProjectNameInvalid: It is neither.
        """
        before, slash, after = text.rpartition("/")
        found = cls(before if slash else owner, after)
        for part in (found.owner, found.name):
            if not _PART.fullmatch(part):
                raise ProjectNameInvalid(
                    f"{text!r} cannot be the name of a project: {part!r} does not fit.",
                    hint="Write `name` or `owner/name`, each of 1 to 40 lower-case letters, digits and"
                    " hyphens, beginning with a letter and not ending with a hyphen.",
                )
        return found

    @property
    def queue(self) -> str:
        """The queue of its worker."""
        return f"{self.owner}-{self.name}"

    @property
    def namesakes(self) -> tuple[str, ...]:
        """What other projects with the same queue are called: those of other owners."""
        parts = self.queue.split("-")
        places = range(1, len(parts))
        named = ("/".join(("-".join(parts[:at]), "-".join(parts[at:]))) for at in places)
        return tuple(each for each in named if each != str(self))

    @override
    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


def workflow_id_of(queue: str, run: str) -> str:
    """What Temporal calls a run of a project. The ids of two projects never meet."""
    return f"{queue}/{run}"


def run_name(queue: str, workflow_id: str) -> str:
    """What people call a run: its id without the project's queue."""
    return workflow_id.removeprefix(f"{queue}/")


def placement_id(queue: str) -> str:
    """Id of the workflow that places a project's worker."""
    return f"placement/{queue}"
