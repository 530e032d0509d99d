"""What pydantic found, in the words of somebody who writes definitions. One problem a cause."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from everloom.core import Steps, nearest, pointer
from everloom.language.models.options import QUERY_NAME
from everloom.language.models.parts import NAME_PATTERN, VERSION_PATTERN
from everloom.language.models.tasks import KINDS
from everloom.language.models.workflow import WorkflowDefinition
from everloom.language.problems import DefinitionProblem
from everloom.language.reading import Json, Reading

from .annotations import Spot, keys_of, spot_of
from .naming import name_of, said_of, short, type_of

Teller = Callable[["Fault"], DefinitionProblem]


class Fault:
    """One thing that pydantic found, and where."""

    def __init__(self, detail: ErrorDetails, reading: Reading, spot: Spot, above: Steps) -> None:
        self.spot = spot
        self._above = above
        self.detail = detail
        self.reading = reading
        self.context: dict[str, Any] = detail.get("ctx", {})

    @property
    def steps(self) -> Steps:
        """Keys and indexes that lead to it."""
        return (*self._above, *self.spot.steps)

    @property
    def value(self) -> Json:
        """What was found there."""
        return self.detail["input"]

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return name_of(self.steps)

    def problem(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        steps: Steps | None = None,
        at_key: bool = False,
    ) -> DefinitionProblem:
        """A problem with it, or with a part that other steps lead to."""
        path = pointer(self.steps if steps is None else steps)
        return self.reading.problem(code, path, message, hint, at_key=at_key)


def shape_problems(
    error: ValidationError,
    reading: Reading,
    root: type[BaseModel] = WorkflowDefinition,
    above: Steps = (),
) -> list[DefinitionProblem]:
    """The problems behind what pydantic found.

    Args:
        error: What it found.
        reading: The definition.
        root: The model that was validated.
        above: The way to the part that was validated.
    """
    details = error.errors(include_url=False)
    return [
        _told(Fault(detail, reading, spot_of(root, detail["loc"]), above)) for detail in details
    ]


def _told(fault: Fault) -> DefinitionProblem:
    kind = fault.detail["type"]
    for start, tell in _TELLERS:
        if kind.startswith(start):
            return tell(fault)
    return _other(fault)


def _unknown(fault: Fault) -> DefinitionProblem:
    key = str(fault.steps[-1])
    owner = name_of(fault.steps[:-1])
    known = keys_of(fault.spot.owner) if fault.spot.owner else []
    found = [kind for kind in KINDS if kind in known]
    if key in KINDS and found:
        return fault.problem(
            "task-with-two-kinds",
            f"{owner} is a `{found[0]}` already, and `{key}` is another kind of task.",
            "Make two tasks of it.",
            at_key=True,
        )
    return fault.problem(
        "key-unknown",
        f"`{key}` is no part of {_lower(owner)}.",
        _keys_hint(key, known),
        at_key=True,
    )


def _keys_hint(key: str, known: Sequence[str]) -> str:
    close = nearest(key, known)
    if close:
        return f"Did you mean `{close}`?"
    return f"It may have {said_of(known)}." if known else ""


def _missing(fault: Fault) -> DefinitionProblem:
    key = fault.steps[-1]
    return fault.problem(
        "key-missing",
        f"{name_of(fault.steps[:-1])} needs `{key}`.",
        steps=fault.steps[:-1],
        at_key=True,
    )


def _no_tag(fault: Fault) -> DefinitionProblem:
    if isinstance(fault.value, dict):
        return _no_kind(fault)
    return _wrong_type(fault, "an object, which says what the task does")


def _no_kind(fault: Fault) -> DefinitionProblem:
    for key in fault.value:
        close = nearest(str(key), KINDS)
        if close:
            return fault.problem(
                "task-without-kind",
                f"{fault.name} does not say what it does: `{key}` is no kind of task.",
                f"Did you mean `{close}`?",
                steps=(*fault.steps, str(key)),
                at_key=True,
            )
    return fault.problem(
        "task-without-kind",
        f"{fault.name} does not say what it does.",
        f"A task has one of {said_of(KINDS)}.",
        at_key=True,
    )


def _choice(fault: Fault) -> DefinitionProblem:
    return _wrong_type(fault, fault.detail["msg"])


def _literal(fault: Fault) -> DefinitionProblem:
    known = [
        part.strip("' ") for part in str(fault.context["expected"]).replace(" or ", ", ").split(",")
    ]
    if not isinstance(fault.value, str):
        return _wrong_type(fault, f"one of {said_of(known)}")
    close = nearest(fault.value, known)
    return fault.problem(
        "value-not-listed",
        f"{fault.name} cannot be {_shown(fault.value)}: it is one of {said_of(known)}.",
        f"Did you mean `{close}`?" if close else "",
    )


def _count(fault: Fault) -> DefinitionProblem:
    if (
        isinstance(fault.value, dict)
        and fault.context.get("max_length", fault.context.get("min_length")) == 1
    ):
        return _one_name(fault)
    return fault.problem(
        "value-not-fitting", f"{fault.name} is empty.", "Give it at least one entry."
    )


def _one_name(fault: Fault) -> DefinitionProblem:
    names = list(fault.value)
    if not names:
        return fault.problem("value-not-fitting", f"{fault.name} is empty.", "Give it a value.")
    return fault.problem(
        "one-name-each",
        f"An item of the list has {len(names)} names, {said_of(names)}; it has to have one.",
        "Begin each in a line of its own with `- `, and set what it is in below its name.",
        steps=(*fault.steps, str(names[1])),
        at_key=True,
    )


def _type(fault: Fault) -> DefinitionProblem:
    kind = fault.detail["type"].partition("_")[0]
    return _wrong_type(fault, _WANTED.get(kind, "something else"))


def _wrong_type(fault: Fault, wanted: str) -> DefinitionProblem:
    value = fault.value
    if value is None:
        return fault.problem(
            "value-empty",
            f"{fault.name} is empty; it has to be {wanted}.",
            "Give it a value, or leave it out.",
        )
    quotes = "text" in wanted and not isinstance(value, (str, dict, list))
    return fault.problem(
        "value-wrong-type",
        f"{fault.name} has to be {wanted}; it is {type_of(value)}.",
        "Put it in quotes to make a text of it." if quotes else "",
    )


def _pattern(fault: Fault) -> DefinitionProblem:
    rule = _PATTERNS.get(str(fault.context["pattern"]), "another form")
    return fault.problem(
        "value-not-fitting",
        f"{fault.name} cannot be {_shown(fault.value)}.",
        f"It has to be {rule}.",
    )


def _bound(fault: Fault) -> DefinitionProblem:
    word, bound = ("at least", "ge") if "ge" in fault.context else ("at most", "le")
    return fault.problem(
        "value-not-fitting",
        f"{fault.name} is {fault.value}; it has to be {word} {fault.context.get(bound)}.",
    )


def _short(fault: Fault) -> DefinitionProblem:
    return fault.problem("value-empty", f"{fault.name} is an empty text.", "Give it a value.")


def _rule(fault: Fault) -> DefinitionProblem:
    said = str(fault.context.get("error") or fault.detail["msg"])
    if not isinstance(fault.value, (dict, list)):
        shown = f"{fault.name} cannot be {_shown(fault.value)}"
        return fault.problem("value-not-fitting", f"{shown}: {said}.")
    whole = said if said.startswith("`") else said[0].upper() + said[1:]
    return fault.problem("not-one-of", f"{whole}.", at_key=True)


def _other(fault: Fault) -> DefinitionProblem:
    said = fault.detail["msg"].lower()
    return fault.problem("value-not-fitting", f"{fault.name} does not fit: {said}.")


_WANTED = {
    "string": "text",
    "dict": "an object",
    "model": "an object",
    "list": "a list",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
}
_PATTERNS = {
    NAME_PATTERN: "made of letters, digits and dashes, begin and end with no dash, and have at "
    "most 63 characters",
    VERSION_PATTERN: "a semantic version such as `1.0.0`",
    QUERY_NAME: "made of letters, digits, `_`, `.` and `-`, and begin with a letter",
}
_TELLERS: tuple[tuple[str, Teller], ...] = (
    ("extra_forbidden", _unknown),
    ("missing", _missing),
    ("union_tag", _no_tag),
    ("neither", _choice),
    ("literal_error", _literal),
    ("too_", _count),
    ("string_pattern", _pattern),
    ("string_too_short", _short),
    ("greater_than", _bound),
    ("less_than", _bound),
    ("value_error", _rule),
    ("string_type", _type),
    ("dict_type", _type),
    ("model_type", _type),
    ("list_type", _type),
    ("bool_type", _type),
    ("int_", _type),
    ("float_type", _type),
)


def _shown(value: Json) -> str:
    return f"`{short(value)}`"


def _lower(name: str) -> str:
    return name[0].lower() + name[1:] if name.startswith(("Task", "The", "An ", "A ")) else name
