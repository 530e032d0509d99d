"""The activities that a worker needs for definitions.

A kind of step is a class with activities in it. It is made once for a worker, with what all kinds
share, and closed with it. A new kind needs one line in `KINDS`.
"""

from collections.abc import Callable, Sequence

from everloom.settings import Settings

from .emitting import Emitting
from .grpc_calls import GrpcCalls
from .http_calls import HttpCalls
from .mcp_calls import McpCalls
from .means import Activity, Means, StepKind, means_of
from .openapi_calls import OpenApiCalls
from .processes.running import Processes

KINDS: tuple[Callable[[Means], StepKind], ...] = (
    HttpCalls,
    OpenApiCalls,
    GrpcCalls,
    McpCalls,
    Processes,
    Emitting,
)
"""Everything that a definition can call."""


class Steps:
    """All steps of one worker."""

    def __init__(
        self,
        settings: Settings,
        kinds: Sequence[Callable[[Means], StepKind]] | None = None,
        *,
        project: str | None = None,
    ) -> None:
        """Make them; nothing is connected to before the first call.

        Args:
            settings: What definitions may reach, run and know.
            kinds: Makers of kinds of steps. None: all that there are.
            project: Queue of the project whose secrets they know. None: those of no project.
        """
        self._means = means_of(settings, project=project)
        self._kinds = [make(self._means) for make in (KINDS if kinds is None else kinds)]

    def activities(self) -> list[Activity]:
        """The activities, for the `activities` of an SDK worker."""
        return [each for kind in self._kinds for each in kind.activities()]

    async def close(self) -> None:
        """Close what they hold."""
        for kind in self._kinds:
            await kind.close()
        await self._means.outgoing.close()


def step_activities(settings: Settings) -> Sequence[Activity]:
    """The activities of all steps, for a worker that ends with its process."""
    return Steps(settings).activities()
