"""Do branches that run side by side get in each other's way?"""

from collections.abc import Mapping

from everloom.core import Steps
from everloom.language.models.tasks import ForkTask

from .naming import said_of, short
from .notes import Notes
from .walking import ListAt


def check_side_by_side(lists: list[ListAt], notes: Notes) -> None:
    """Warn of branches that write the context side by side."""
    writing = _writing(lists)
    for each in lists:
        for at in each.tasks:
            if isinstance(at.task, ForkTask) and not at.task.fork.compete:
                names = writing.get((*at.steps, "fork", "branches"), [])
                if len(names) > 1:
                    notes.add(
                        "context-side-by-side",
                        at.steps,
                        f"Branches of task `{short(at.name)}` write the context side by side: "
                        f"{said_of(names)}. Each sees its own, and the last declared wins.",
                        "Export once, from the task that holds the branches.",
                        at_key=True,
                    )


def _writing(lists: list[ListAt]) -> Mapping[Steps, list[str]]:
    """The branches with an `export` in them, by the list that they belong to."""
    exporting = [at.steps for each in lists for at in each.tasks if at.task.export is not None]
    found: dict[Steps, list[str]] = {}
    for each in lists:
        if each.owner == "branches":
            found[each.steps] = [
                at.name
                for at in each.tasks
                if any(steps[: len(at.steps)] == at.steps for steps in exporting)
            ]
    return found
