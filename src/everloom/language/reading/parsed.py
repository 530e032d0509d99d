"""Values that somebody parsed before: checked to be JSON, and walked like a text's."""

from collections.abc import Mapping
from typing import Any

from everloom.core import escape_step
from everloom.language.problems import DefinitionProblem, problem

from .limits import MAX_DEPTH, MAX_VALUES
from .nodes import NOWHERE, Member, Node
from .scalars import EXACT, NotANumber, check_number


class Unfit(Exception):
    """The value is no JSON, or beyond the limits; what is wrong has been noted."""


class Adopter:
    """Makes nodes of parsed values."""

    def __init__(self) -> None:
        self._values = 0
        self.problems: list[DefinitionProblem] = []

    def adopt(self, value: Any, path: str = "", depth: int = 1) -> Node:
        """The node of a value.

        Raises:
            Unfit: It is beyond the limits.
        """
        self._values += 1
        self._check_size(path, depth)
        if isinstance(value, Mapping):
            return self._object(value, path, depth)  # pyright: ignore[reportUnknownArgumentType] - keys are looked at
        if isinstance(value, (list, tuple)):
            return self._array(value, path, depth)
        return Node("scalar", self._scalar(value, path), NOWHERE, self._values)

    def _check_size(self, path: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._note("too-deep", path, f"Values lie more than {MAX_DEPTH} deep in each other.")
            raise Unfit
        if self._values > MAX_VALUES:
            self._note("too-many-values", path, f"There are more than {MAX_VALUES} values.")
            raise Unfit

    def _object(self, value: Mapping[Any, Any], path: str, depth: int) -> Node:
        node = Node("object", {}, NOWHERE, self._values)
        for key, inner in value.items():
            if not isinstance(key, str):
                self._note("key-not-text", path, f"The key `{key!r:.60}` is no text.")
                continue
            self._check_text(key, path)
            order = self._values
            child = self.adopt(inner, f"{path}/{escape_step(key)}", depth + 1)
            node.members[key] = Member(NOWHERE, order, child)
            node.value[key] = child.value
            node.adopt(child)
        return node

    def _array(self, value: Any, path: str, depth: int) -> Node:
        node = Node("array", [], NOWHERE, self._values)
        for index, inner in enumerate(value):
            child = self.adopt(inner, f"{path}/{index}", depth + 1)
            node.items.append(child)
            node.value.append(child.value)
            node.adopt(child)
        return node

    def _scalar(self, value: Any, path: str) -> str | float | bool | None:
        if isinstance(value, str):
            return self._check_text(value, path)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return self._number(value, path)
        self._note("value-not-json", path, f"`{type(value).__name__}` is nothing that JSON has.")
        return None

    def _number(self, value: float, path: str) -> float:
        try:
            check_number(value)
        except NotANumber as error:
            self._note("number-not-allowed", path, f"A number {error}.")
            return 0
        if isinstance(value, int) and abs(value) > EXACT:
            said = f"{value} is so large that expressions would round it."
            self._note("number-not-exact", path, said, "Make a text of it: ids are texts.")
        return value

    def _check_text(self, text: str, path: str) -> str:
        if any("\ud800" <= each <= "\udfff" for each in text):
            said = "A text holds half of a surrogate pair."
            self._note("character-not-allowed", path, said, "Take the character out.")
            return text.encode(errors="replace").decode()
        return text

    def _note(self, code: str, path: str, message: str, hint: str = "") -> None:
        self.problems.append(problem(code, path, NOWHERE, message, hint=hint))
