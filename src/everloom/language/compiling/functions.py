"""Functions: tasks that others call by name, of the definition itself and of its catalogs."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from everloom.core import pointer
from everloom.language.checking.functions import calls_in
from everloom.language.checking.walking import lists_of
from everloom.language.definition import Definition, Resources
from everloom.language.models.tasks import CallFunction, Task
from everloom.language.resources import function_address

_TASK: TypeAdapter[Task] = TypeAdapter(Task)


@dataclass(frozen=True)
class Function:
    """A function of a definition."""

    called: str
    """What `call` says."""

    task: Task
    raw: dict[str, Any]
    """The task as it was written."""

    reference: str

    @property
    def name(self) -> str:
        """Its name, without version and catalog."""
        return self.called.partition(":")[0]


def functions_of(definition: Definition, resources: Resources) -> list[Function]:
    """The functions of a definition; those of catalogs were fetched, and are frozen into it."""
    use = definition.model.use
    found = [
        Function(name, task, definition.value["use"]["functions"][name], _reference(name))
        for name, task in use.functions.items()
    ]
    fetched: dict[str, None] = {}
    for at in calls_in(list(lists_of(definition.model))):
        if isinstance(at.task, CallFunction) and at.task.call not in use.functions:
            fetched[at.task.call] = None
    for called in fetched:
        uri = function_address(called, use)
        if uri is not None:
            raw = resources[uri][0]
            reference = f"/use/catalogs{pointer((called,))}"
            found.append(Function(called, _TASK.validate_python(raw), raw, reference))
    return found


def _reference(name: str) -> str:
    return f"/use/functions{pointer((name,))}"
