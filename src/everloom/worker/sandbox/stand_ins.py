"""Functions that only compute when they are told a time, and ask the clock when they are not.

`time.gmtime(0)` is the same for ever, `time.gmtime()` is not. The SDK's list knows names, no
arguments, so it leaves these out; workflow code is given stand-ins that look at the arguments.
"""

from collections.abc import Callable
from functools import cache, wraps
from types import ModuleType
from typing import ParamSpec, TypeVar

from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError
from temporalio.worker.workflow_sandbox._importer import Importer

_P = ParamSpec("_P")
_R = TypeVar("_R")

_TOLD = {
    "time": {"asctime": 1, "ctime": 1, "gmtime": 1, "strftime": 2},
}
"""By module: which functions, and with how many arguments they know the time."""

ASK_THE_CLOCK = frozenset(f"{module}.{name}" for module, names in _TOLD.items() for name in names)
"""Their full names."""


def stand_in(module: ModuleType) -> ModuleType:
    """The module as workflow code has it: itself, when nothing in it needs a stand-in."""
    return _made(module) if module.__name__ in _TOLD else module


@cache  # of Python's own modules: those of a run are not to outlive it
def _made(module: ModuleType) -> ModuleType:
    made = ModuleType(module.__name__, module.__doc__)
    vars(made).update(vars(module))
    for name, count in _TOLD[module.__name__].items():
        setattr(made, name, _told(f"{module.__name__}.{name}", getattr(module, name), count))
    return made


def _told(name: str, function: Callable[_P, _R], count: int) -> Callable[_P, _R]:
    @wraps(function)
    def looked_at(*given: _P.args, **named: _P.kwargs) -> _R:
        missing = len(given) < count or given[count - 1] is None
        importer = Importer.current_importer()
        if (
            missing
            and importer is not None
            and importer.restriction_context.is_runtime
            and not workflow.unsafe.is_sandbox_unrestricted()
        ):
            raise RestrictedWorkflowAccessError(name)
        return function(*given, **named)

    return looked_at
