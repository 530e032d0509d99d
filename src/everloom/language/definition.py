"""A definition that was checked, and what checking it gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .models.workflow import WorkflowDefinition
from .problems import DefinitionProblem
from .reading import Reading

Json: TypeAlias = Any
"""A JSON value: null, boolean, number, text, list, or object with text keys."""

WorkflowName: TypeAlias = str
"""A workflow's type name: `namespace.name@version`."""


@dataclass(frozen=True)
class FunctionSignature:
    """A Python activity that definitions may call: `name:version@default`."""

    name: str
    """Its wire name, without the version."""
    version: str
    takes_input: bool = True
    """Whether it has a parameter."""
    input_schema: dict[str, Json] | None = None
    output_schema: dict[str, Json] | None = None
    queue: str | None = None
    module: str = ""
    qualname: str = ""


FunctionCatalog: TypeAlias = Mapping[str, FunctionSignature]
"""Functions of the default catalog, by `name:version`."""

Resources: TypeAlias = Mapping[str, tuple[Json, str]]
"""What was fetched for a definition: values and SHA-256 sums, by URI."""


@dataclass(frozen=True)
class Definition:
    """A definition without errors."""

    model: WorkflowDefinition
    value: dict[str, Json]
    """The JSON as it was read. Nobody may change it."""
    reading: Reading = field(repr=False, compare=False)

    @property
    def namespace(self) -> str:
        """The namespace its workflow belongs to."""
        return self.model.document.namespace

    @property
    def name(self) -> str:
        """The workflow's name within its namespace."""
        return self.model.document.name

    @property
    def version(self) -> str:
        """The workflow's semantic version."""
        return self.model.document.version

    @property
    def type_name(self) -> WorkflowName:
        """What Temporal calls the workflow: `namespace.name@version`."""
        return f"{self.namespace}.{self.name}@{self.version}"

    def line_of(self, pointer: str) -> int:
        """The line that a part begins in, from 1; 0 when the definition was no text."""
        return self.reading.find(pointer).key_place[0]


@dataclass(frozen=True)
class Checked:
    """What checking a definition gave."""

    definition: Definition | None
    """None when there is an error."""
    problems: tuple[DefinitionProblem, ...] = ()
    """Errors and warnings, in the order of the text."""

    @property
    def errors(self) -> tuple[DefinitionProblem, ...]:
        """The problems that refuse the definition."""
        return tuple(each for each in self.problems if each.severity == "error")
