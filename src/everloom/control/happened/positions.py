"""Where somebody is in the timeline of a run. Written as a text that nobody needs to understand."""

import re
from dataclasses import dataclass
from typing import Self

from typing_extensions import override

from everloom.core import Invalid

_WRITTEN = re.compile(r"([0-9a-fA-F-]{8,64})\.(\d{1,10})\.(\d{1,10})\.(\d{1,10})\.(\d{1,16})")


class PositionInvalid(Invalid):
    """A text is no position of a timeline."""

    code = "timeline-position-invalid"

    def __init__(self, text: str) -> None:
        """Say which text."""
        super().__init__(
            f"{text!r} is no position of a timeline.",
            hint="Take the `position` of an entry or of a timeline of the same run; leave it out to "
            "begin at the beginning.",
        )


@dataclass(frozen=True, order=True)
class Position:
    """How far somebody has read: everything up to here was given."""

    run_id: str
    """The link of the run."""
    event: int = 0
    """The event of its history."""
    change: int = 0
    """Of several changes that one event makes, how many."""
    told: int = 0
    """Of all that a worker tells of tasks, how much."""
    looked: int = 0
    """Milliseconds since 1970: attempts that failed or began before then were seen."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a position.

        Raises:
            PositionInvalid: It is none.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise PositionInvalid(text)
        run_id, event, change, told, looked = found.groups()
        return cls(run_id, int(event), int(change), int(told), int(looked))

    @override
    def __str__(self) -> str:
        """As it is handed out."""
        return f"{self.run_id}.{self.event}.{self.change}.{self.told}.{self.looked}"
