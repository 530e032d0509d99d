"""What a definition may name in one place, and not as a part of a project: the queues of others.

An activity that runs on another project's queue would run with that project's secrets.
"""

from collections.abc import Iterator

from everloom.core import Json, is_list, is_object, pointer
from everloom.language import DefinitionProblem
from everloom.language.models.options import METADATA_KEY
from everloom.language.reading import read

from .names import ProjectName
from .platform import Platform

Steps = tuple[str | int, ...]


def border_problems(p: Platform, project: ProjectName, text: str) -> Iterator[DefinitionProblem]:
    """Every queue that a text names and its project may not use."""
    allowed = {project.queue, *p.settings.projects.queues}
    reading = read(text)
    for steps, queue in _queues_in(reading.value):
        if queue not in allowed:
            at = pointer(steps)
            line, column = reading.find(at).place
            yield DefinitionProblem(
                "queue-not-own",
                at,
                line,
                column,
                f"{queue!r} is not a queue of the project `{project}`.",
                "Leave it out; queues for all projects stand in the setting `projects.queues`.",
            )


def _queues_in(value: Json) -> Iterator[tuple[Steps, str]]:
    """Every queue under a `metadata.everloom`, and where it stands."""
    waiting: list[tuple[Steps, Json]] = [((), value)]
    while waiting:
        steps, each = waiting.pop()
        if is_list(each):
            waiting += [((*steps, place), part) for place, part in enumerate(each)]
        elif is_object(each):
            waiting += [((*steps, name), part) for name, part in each.items()]
            yield from _queue_of(steps, each.get("metadata"))


def _queue_of(steps: Steps, metadata: Json) -> Iterator[tuple[Steps, str]]:
    options = metadata.get(METADATA_KEY) if is_object(metadata) else None
    queue = options.get("queue") if is_object(options) else None
    if isinstance(queue, str):
        yield (*steps, "metadata", METADATA_KEY, "queue"), queue
