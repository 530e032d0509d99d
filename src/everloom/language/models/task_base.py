"""What every task may say."""

from typing import Any, ClassVar

from pydantic import Field

from .data import Export, Input, Output, TimeoutOrName
from .parts import Expression, Part


class TaskBase(Part):
    """What every task may say."""

    kind: ClassVar[str]
    """The standard's name of this kind of task."""

    if_: Expression | None = Field(default=None, alias="if")
    """Whether to run it; evaluated on the raw input."""

    input: Input | None = None
    """What it is given."""

    output: Output | None = None
    """What it gives."""

    export: Export | None = None
    """What becomes of the workflow's context after it."""

    timeout: TimeoutOrName | None = None
    """A timeout, or the name of one under `use.timeouts`."""

    then: str = "continue"
    """`continue`, `exit`, `end`, or the name of a task in the same list."""

    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Anything; what Everloom is told stands under `everloom`."""
