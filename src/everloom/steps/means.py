"""What do all kinds of steps share in one worker, and what is a kind of step?"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from everloom.settings import Settings

from .authentication import Authentication
from .outgoing import Outgoing
from .secrets import Secrets

Activity = Callable[..., Awaitable[Any]]
"""A method that is declared as an activity."""


@dataclass(frozen=True)
class Means:
    """What all kinds of steps share in one worker."""

    settings: Settings
    outgoing: Outgoing
    """The door for every request over HTTP."""

    secrets: Secrets
    authentication: Authentication
    """Who asks, in the words of the standard's authentication policies."""


class StepKind(Protocol):
    """A class with the activities of one kind of step."""

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        ...

    async def close(self) -> None:
        """Let go of what it holds: connections, processes."""
        ...


def means_of(settings: Settings, *, project: str | None = None) -> Means:
    """What steps share in a worker with these settings.

    Args:
        settings: What definitions may reach, run and know.
        project: Queue of the project whose secrets they know. None: those of no project.
    """
    outgoing = Outgoing(settings)
    secrets = Secrets(settings, project=project)
    return Means(settings, outgoing, secrets, Authentication(outgoing))
