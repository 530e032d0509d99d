"""Functions of catalogs are checked like those of the definition, once somebody has fetched them.

What is wrong with them is shown where they are called: their own text is somebody else's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import ValidationError

from everloom.core import Steps, pointer
from everloom.language.addresses import function_address
from everloom.language.definition import Json, Resources
from everloom.language.models.parts import Part
from everloom.language.models.tasks import CallFunction, Task
from everloom.language.models.workflow import WorkflowDefinition
from everloom.language.problems import DefinitionProblem
from everloom.language.reading import Reading, read

from .naming import short
from .notes import Notes
from .shape import shape_problems
from .walking import lists_of


class FunctionFile(Part):
    """What is fetched of a catalog, with a name around it."""

    task: Task


@dataclass(frozen=True)
class Fetched:
    """A definition together with the functions that it calls from catalogs."""

    model: WorkflowDefinition
    """The definition, with the fetched functions under `use.functions`, named as they are called."""
    calls: dict[str, Steps]
    """The first call of each fetched function."""

    def placed(
        self, problems: Iterable[DefinitionProblem], reading: Reading
    ) -> list[DefinitionProblem]:
        """The problems, those of fetched functions moved to where these are called."""
        return [self._placed(each, reading) for each in problems]

    def _placed(self, found: DefinitionProblem, reading: Reading) -> DefinitionProblem:
        for call, steps in self.calls.items():
            inside = pointer(("use", "functions", call))
            if found.pointer == inside or found.pointer.startswith(f"{inside}/"):
                line, column = reading.find(pointer(steps)).place
                message = f"In the function `{short(call)}`: {found.message}"
                return replace(
                    found, pointer=pointer(steps), line=line, column=column, message=message
                )
        return found


def with_fetched(model: WorkflowDefinition, resources: Resources | None, notes: Notes) -> Fetched:
    """Put the fetched functions beside those of the definition."""
    calls = _calls(model) if resources else {}
    tasks: dict[str, Task] = {}
    for call, steps in calls.items():
        address = function_address(call, model.use)
        found = (resources or {}).get(address or "")
        task = None if found is None else _task(call, found[0], steps, notes)
        if task is not None:
            tasks[call] = task
    if not tasks:
        return Fetched(model, {})
    use = model.use.model_copy(update={"functions": {**model.use.functions, **tasks}})
    whole = model.model_copy(update={"use": use})
    return Fetched(whole, {call: steps for call, steps in calls.items() if call in tasks})


def _calls(model: WorkflowDefinition) -> dict[str, Steps]:
    found: dict[str, Steps] = {}
    for each in lists_of(model):
        for at in each.tasks:
            if isinstance(at.task, CallFunction) and at.task.call not in model.use.functions:
                found.setdefault(at.task.call, (*at.steps, "call"))
    return found


def _task(call: str, value: Json, steps: Steps, notes: Notes) -> Task | None:
    whole = {"task": value}
    try:
        return FunctionFile.model_validate(whole).task
    except ValidationError as error:
        for each in shape_problems(error, read(whole), FunctionFile):
            message = f"The function `{short(call)}` is not built right: {each.message}"
            notes.add("catalog-function-not-fitting", steps, message, each.hint)
        return None
