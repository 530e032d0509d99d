"""The text of a compiled module: imports, constants, functions, one class."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .docstrings import docstring
from .naming import Names
from .printing import Code, lay_out

IN_USE = frozenset(
    {
        # The base class has these
        "about", "accept", "do", "execute", "run", "state", "take_event", "trace", "update", "view",
        # these are imported
        "About", "Catch", "Caught", "Correlation", "End", "EventFilter", "Events", "Exit",
        "Extension", "Flow", "Heard", "Jq", "Json", "Jumps", "Options", "Passes", "Retry", "Schema",
        "Scope", "attempt", "call_activity", "call_grpc", "call_http", "call_mcp", "call_openapi",
        "conditional", "emit", "fork", "junction", "listen", "loop_head", "race", "run_script",
        "run_shell", "run_workflow", "sleep", "task", "timedelta", "wanted", "workflow",
        # and these stand in methods
        "DEFINITION", "caught", "data", "heard", "here", "input", "jumps", "luggage", "passes",
        "payload", "self", "str", "tuple", "turn", "way",
    }
)  # fmt: skip
"""Names that compiled code uses for something already."""

_TYPES = {"timedelta": "datetime"}


@dataclass
class Method:
    """A method of the compiled class."""

    name: str
    lines: list[str]
    reference: str | None = None
    """The task that it is."""


@dataclass
class Module:
    """What has been written of a module so far."""

    names: Names = field(default_factory=lambda: Names(()))
    methods: list[Method] = field(default_factory=list[Method])
    early: list[Method] = field(default_factory=list[Method])
    """Methods and attributes that later ones refer to while the class is made."""

    _constants: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _known: dict[str, str] = field(default_factory=dict[str, str])
    _functions: list[list[str]] = field(default_factory=list[list[str]])
    _used: set[str] = field(default_factory=set[str])

    def use(self, name: str) -> str:
        """Import a name of `everloom.flow`, or `timedelta`, and give it back."""
        self._used.add(name)
        return name

    def constant(self, wanted: str, value: Code, *, kind: str = "") -> str:
        """Name of a constant with this value; equal ones are written once.

        Args:
            wanted: Its name, if nobody has it.
            value: Its value.
            kind: Its type, where that is not clear from the value.
        """
        key = "\n".join(lay_out(value, 0))
        if key not in self._known:
            name = self.names.take(wanted)
            self._known[key] = name
            self._constants[name] = lay_out(value, 0, prefix=f"{name}{kind and f': {kind}'} = ")
        return self._known[key]

    def function(self, wanted: str, doc: str, value: Code) -> str:
        """Name of a function that makes a value in a scope."""
        name = self.names.take(wanted)
        head = f"def {name}(here: {self.use('Scope')}) -> {self.use('Json')}:"
        body = lay_out(value, 4, prefix="return ")
        self._functions.append([head, *docstring(doc, 4), *body])
        return name

    def written(self, doc: str, class_lines: Iterable[str]) -> str:
        """The whole text.

        Args:
            doc: Docstring of the module.
            class_lines: The class.
        """
        blocks = [docstring(doc, 0), self._imports()]
        constants = [line for lines in self._constants.values() for line in lines]
        if constants:
            blocks.append(constants)
        text = "\n\n".join("\n".join(block) for block in blocks)
        for function in self._functions:
            text += "\n\n\n" + "\n".join(function)
        return text + "\n\n\n" + "\n".join(class_lines) + "\n"

    def _imports(self) -> list[str]:
        lines = ["from datetime import timedelta", ""] if "timedelta" in self._used else []
        names = sorted(self._used - _TYPES.keys(), key=_import_order)
        line = f"from everloom.flow import {', '.join(names)}"
        if len(line) > 100:
            lines += ["from everloom.flow import (", *(f"    {name}," for name in names), ")"]
        else:
            lines.append(line)
        return [*lines, "from temporalio import workflow"]


def _import_order(name: str) -> tuple[int, str]:
    """Constants, classes, functions: as import sorters have it."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)
