"""A definition without the parts that are not built right, so that the rest can be checked as well.

Otherwise a misspelt key in one task would hide an unknown name in another, and mending would take
several rounds.
"""

import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from everloom.core import Steps
from everloom.language.models.workflow import WorkflowDefinition
from everloom.language.reading import Json

from .annotations import Spot, spot_of

UNCERTAIN = frozenset({"task-unreachable", "field-dropped", "field-of-a-list"})
"""What cannot be told while tasks are missing."""

_OF_NAMES = frozenset(
    {"authentication-unknown", "catalog-unknown", "error-unknown", "function-unknown"}
    | {"retry-unknown", "secret-unknown", "timeout-unknown"}
)
"""What cannot be told while parts of `use` are missing."""

_STAND_IN: Json = {"wait": {"seconds": 0}}
_STAND_INS: dict[str, Json] = {
    "authentications": {"bearer": {"token": "-"}},
    "catalogs": {"endpoint": "https://-"},
    "errors": {"type": "-", "status": 500},
    "retries": {},
    "timeouts": {"after": {"seconds": 1}},
}
_DOCUMENT: Json = {"dsl": "1.0.0", "namespace": "x", "name": "x", "version": "1.0.0"}


class Mended:
    """What is left of a definition, and what was taken out."""

    def __init__(self, value: Json, error: ValidationError) -> None:
        self._value: Json = json.loads(json.dumps(value))  # aliases become copies
        self.taken: set[Steps] = set()
        """The ways to what was taken out."""
        self.model = self._mend(error)
        """None when too little is left."""

    @property
    def uncertain(self) -> frozenset[str]:
        """Codes of problems that may come of what was taken out."""
        lost = any(steps[:1] == ("use",) and len(steps) < 3 for steps in self.taken)
        return UNCERTAIN | _OF_NAMES if lost else UNCERTAIN

    def _mend(self, error: ValidationError) -> WorkflowDefinition | None:
        for _ in range(3):  # one mistake may hide another
            for detail in error.errors(include_url=False):
                if not self._take_out(detail):
                    return None
            try:
                return WorkflowDefinition.model_validate(self._value)
            except ValidationError as left:
                error = left
        return None

    def _take_out(self, detail: ErrorDetails) -> bool:
        spot = spot_of(WorkflowDefinition, detail["loc"])
        if detail["type"] == "extra_forbidden":
            return self._delete(spot.steps)
        if detail["type"] == "too_long" and isinstance(detail["input"], dict):
            return self._keep_first(spot.steps)
        if spot.task is not None:
            return self._replace(spot.task, self._without_kind(spot.task))
        return self._take_out_of_root(spot)

    def _take_out_of_root(self, spot: Spot) -> bool:
        match spot.steps:
            case ("document", *_):
                return self._replace(("document",), _DOCUMENT)
            case ("use", section, name, *_) if section in _STAND_INS:
                return self._replace(("use", section, name), _STAND_INS[str(section)])
            case ("use", section, *_):
                return self._delete(("use", section))
            case ("do", *_) | ():
                return False
            case _:
                return self._delete(spot.steps[:1])

    def _without_kind(self, task: Steps) -> Json:
        """A task that does nothing, and leads where the task led."""
        then = self._at((*task, "then"))
        return {**_STAND_IN, "then": then} if isinstance(then, str) else _STAND_IN

    def _at(self, steps: Steps) -> Any:
        found: Any = self._value
        for step in steps:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def _replace(self, steps: Steps, value: Json) -> bool:
        above = self._at(steps[:-1])
        if not isinstance(above, (dict, list)):
            return False
        above[steps[-1]] = value  # pyright: ignore[reportArgumentType, reportCallIssue] - a step fits what it leads into
        self.taken.add(steps)
        return True

    def _delete(self, steps: Steps) -> bool:
        above = self._at(steps[:-1])
        if isinstance(above, dict) and steps[-1] in above:
            del above[steps[-1]]
        self.taken.add(steps)
        return True

    def _keep_first(self, steps: Steps) -> bool:
        names: dict[str, Json] = self._at(steps) or {}
        for name in list(names)[1:]:
            del names[name]
            self.taken.add((*steps, name))
        return True
