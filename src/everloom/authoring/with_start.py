"""Send a message to a run and start the run if there is none, in one step."""

from datetime import timedelta
from typing import Any, Literal, Required, TypedDict

from everloom.core import Invalid

WhenClosed = Literal["use", "new"]
"""What a message with a start does when the run of that id has ended. An open run gets the message
in either case. `use`: that run is meant, which takes no message any more: `MessageRefused` is raised.
`new`: a new run is started, and gets the message."""


class WithStartInvalid(Invalid):
    """A message with a start was asked for something it cannot do."""

    code = "with-start-invalid"


class WithStartArguments(TypedDict, total=False):
    """What may be said when a message is sent with a start; all but the id may be left out."""

    id: Required[str]
    """Workflow id."""

    queue: str
    """Queue, for a workflow that is bound to none."""

    execution_timeout: timedelta
    """Longest life with all retries and continuations."""

    run_timeout: timedelta
    """Longest life of one link of that chain."""

    task_timeout: timedelta
    """How long a worker may take over one workflow task."""

    if_exists: WhenClosed
    """What to do when the run of that id has ended. Default: `use`."""

    memo: dict[str, Any]
    """Notes that are shown with the run."""


class SignalWithStartArguments(WithStartArguments, total=False):
    """What may be said when a signal is sent with a start."""

    start_delay: timedelta
    """Begin only after this time, if the run is started."""


class UpdateWithStartArguments(WithStartArguments, total=False):
    """What may be said when an update is sent with a start."""

    update_id: str
    """Who sends an update twice with one id gets the same answer twice, and it is done once."""


def check_when_closed(if_exists: str) -> None:
    """Refuse what only a start alone can do.

    Raises:
        WithStartInvalid: `if_exists` is neither `use` nor `new`.
    """
    if if_exists not in {"use", "new"}:
        raise WithStartInvalid(
            f"A message with a start cannot have `if_exists={if_exists!r}`.",
            hint='Say "use" or "new": an open run gets the message in either case.',
        )
