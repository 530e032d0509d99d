"""The tasks of a definition by their pointers: what each is called, and which kind it is. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from everloom.core import Json, found_at, is_object, steps_of
from everloom.flow import EMIT, GRPC, HTTP, MCP, OPENAPI, SCRIPT, SHELL

_TYPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+@\d+\.\d+\.\d+.*")
_CAUGHT = "/catch/do/"

_KINDS: Mapping[str, str] = {
    HTTP: "call http",
    OPENAPI: "call openapi",
    GRPC: "call grpc",
    MCP: "call mcp",
    SCRIPT: "run",
    SHELL: "run",
    EMIT: "emit",
}


def is_drawn(workflow: str) -> bool:
    """Whether a workflow type is that of a definition: `shop.order@1.0.0`."""
    return _TYPE.fullmatch(workflow) is not None


@dataclass(frozen=True)
class Drawn:
    """A definition, as far as it is known. Without its text the kinds of some tasks are not."""

    definition: Json = None
    """Its JSON."""

    @classmethod
    def read(cls, text: str) -> "Drawn":
        """The definition of a text; whatever is wrong with it does not matter here."""
        # Not above: it costs each command half a second, and few look at a definition.
        from everloom.language.reading import read  # noqa: PLC0415

        return cls(read(text).value)

    def task(self, pointer: str) -> Mapping[str, Json] | None:
        """What the definition says about a task; None when it is not known."""
        found = found_at(self.definition, pointer) if pointer else None
        return found if is_object(found) else None

    def kind(self, pointer: str, activity: str = "") -> str:
        """The kind of a task: `set`, `wait`, `call http`; empty when it is not known.

        Args:
            pointer: The task.
            activity: Wire name of the activity that it calls.
        """
        from everloom.language.models.tasks import kind_of  # noqa: PLC0415 - as above

        task = self.task(pointer)
        found = kind_of(dict(task)) if task is not None else None
        if found == "call" or found is None:
            found = _KINDS.get(activity, "call function" if activity and pointer else "")
        return found

    def of_kind(self, kind: str) -> list[str]:
        """The pointers of all tasks of a kind, in the order of the text."""
        found: list[str] = []
        _find(self.definition, None, "", found)
        return [each for each in found if self.kind(each) == kind]

    def leaves_event(self, pointer: str) -> bool:
        """Whether events of the history tell of a task by themselves, mostly."""
        return self.kind(pointer).partition(" ")[0] in {"call", "emit", "run", "wait"}

    def named(self, name: str, kinds: frozenset[str]) -> str:
        """The pointer of the only task of a name and some kinds; empty when there is none, or several."""
        found = [each for each in self._pointers(name) if self.kind(each) in kinds]
        return found[0] if len(found) == 1 else ""

    def _pointers(self, name: str) -> list[str]:
        found: list[str] = []
        _find(self.definition, name, "", found)
        return found


UNDRAWN = Drawn()
"""A definition that nobody has."""


def name_of(pointer: str) -> str:
    """The name of a task."""
    steps = steps_of(pointer)
    return steps[-1] if steps else ""


def is_compensation(pointer: str) -> bool:
    """Whether a task makes good for an error: it stands in the `do` of a `catch`."""
    return _CAUGHT in pointer


def _find(value: Json, name: str | None, at: str, found: list[str]) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON
            _find(item, name, f"{at}/{index}", found)
    elif is_object(value):
        for key, item in value.items():
            escaped = key.replace("~", "~0").replace("/", "~1")
            here = f"{at}/{escaped}"
            is_task = is_object(item) and at.rpartition("/")[2].isdecimal() and len(value) == 1
            if is_task and name in {None, key}:
                found.append(here)
            _find(item, name, here, found)
