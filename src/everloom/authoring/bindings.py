"""What the decorators note down about workflows and activities: wire name, queue, place, types."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from typing_extensions import override

from .checking import check_input
from .providers import without_provided

_WORKFLOW = "__everloom_workflow__"
_ACTIVITY = "__everloom_activity__"


@dataclass(frozen=True)
class Place:
    """Where something is written."""

    file: str
    line: int

    @override
    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def place_of(code: Callable[..., Any] | type) -> Place:
    """The place of a function or class; line 0 when Python does not know it."""
    plain = code if isinstance(code, type) else inspect.unwrap(code)
    if not isinstance(plain, type):
        return Place(plain.__code__.co_filename, plain.__code__.co_firstlineno)
    try:
        return Place(inspect.getsourcefile(plain) or "?", inspect.getsourcelines(plain)[1])
    except (OSError, TypeError):
        return Place(plain.__module__, 0)


def summary_of(code: object) -> str:
    """The first line of a docstring of its own, without the full stop."""
    doc = vars(code).get("__doc__") if isinstance(code, type) else getattr(code, "__doc__", None)
    first = inspect.cleandoc(doc).split("\n", 1)[0] if isinstance(doc, str) else ""
    return first.removesuffix(".")[:200]


@dataclass(frozen=True)
class WorkflowBinding:
    """A workflow type as its decorator noted it."""

    name: str
    """Wire name."""

    queue: str | None
    """Queue it is bound to. None: it starts on the default queue, and is served on every one."""

    summary: str


class ActivityBinding:
    """An activity type as its decorator noted it. Types are read when they are first asked for."""

    def __init__(self, name: str, queue: str | None, function: Callable[..., Any]) -> None:
        self.name = name
        self.queue = queue
        self.summary = summary_of(function)
        self.function = function

    @cached_property
    def is_method(self) -> bool:
        """Whether the first parameter is the instance."""
        return next(iter(inspect.signature(self.function).parameters), "") == "self"

    @cached_property
    def input_type(self) -> Any:
        """The annotation of the one input; None when it takes none."""
        names = list(without_provided(self.function).parameters)[1 if self.is_method else 0 :]
        return get_type_hints(self.function).get(names[0], Any) if names else None

    @cached_property
    def output_type(self) -> Any:
        """The annotation of the result."""
        return get_type_hints(self.function).get("return", Any)

    def check(self, value: object) -> object:
        """The input as the activity will get it.

        Raises:
            InputInvalid: It does not fit the activity's input type.
        """
        return check_input(f"activity `{self.name}`", self.input_type, value)


def bind_workflow(cls: type, binding: WorkflowBinding) -> None:
    """Note the binding on the class."""
    setattr(cls, _WORKFLOW, binding)


def find_workflow_binding(cls: type) -> WorkflowBinding | None:
    """The binding of exactly this class, not of one it derives from."""
    return vars(cls).get(_WORKFLOW)


def bind_activity(function: Callable[..., Any], binding: ActivityBinding) -> None:
    """Note the binding on the function."""
    setattr(function, _ACTIVITY, binding)


def find_activity_binding(function: object) -> ActivityBinding | None:
    """The binding of an activity function or (unbound or bound) method."""
    return getattr(function, _ACTIVITY, None)
