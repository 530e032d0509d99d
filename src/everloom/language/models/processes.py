"""Arguments of `run`: other workflows, scripts, shell commands, containers."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from .access import ExternalResource
from .calls import Named, Texts
from .parts import NAME_PATTERN, Part, SentText, SentValue, Value, exactly_one

_KINDS = ("workflow", "script", "shell", "container")


class WorkflowProcess(Part):
    """Another workflow."""

    namespace: str = Field(pattern=NAME_PATTERN)
    """Its namespace."""

    name: str = Field(pattern=NAME_PATTERN)
    """Its name."""

    version: str = Field(default="latest", min_length=1)
    """Its version; `latest` is the newest that is known when the definition is compiled."""

    input: Value = None
    """What it is given."""


class ScriptProcess(Part):
    """A script, given here or fetched."""

    model_config = ConfigDict(json_schema_extra=exactly_one("code", "source"))

    language: str = Field(json_schema_extra={"enum": ["js", "python"]})
    """`js` or `python`."""

    code: str | None = None
    """The script itself."""

    source: ExternalResource | None = None
    """Where the script is."""

    stdin: SentValue = None
    """What it reads from standard input: text as it is, anything else as JSON."""

    arguments: Texts = Field(default_factory=list[str])
    """What it is given as arguments."""

    environment: Named | None = None
    """Variables of its environment; it has no others."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "ScriptProcess":
        if len({"code", "source"} & self.model_fields_set) != 1:
            raise ValueError("a script has either `code` or `source`")
        return self


class ShellProcess(Part):
    """A command line."""

    command: SentText = Field(min_length=1)
    """The command. Expressions in it become variables of the shell, and never code."""

    stdin: SentValue = None
    """What it reads from standard input: text as it is, anything else as JSON."""

    arguments: Texts = Field(default_factory=list[str])
    """What it is given as arguments: `$1`, `$2` and so on."""

    environment: Named | None = None
    """Variables of its environment; it has no others."""


class RunWhat(Part):
    """Exactly one process, and what becomes of its result."""

    model_config = ConfigDict(json_schema_extra=exactly_one(*_KINDS))

    container: dict[str, Any] | None = None
    """A container. Everloom refuses it."""

    script: ScriptProcess | None = None
    """A script, in a process of its own."""

    shell: ShellProcess | None = None
    """A shell command, in a process of its own."""

    workflow: WorkflowProcess | None = None
    """Another workflow, as a child of this one."""

    await_: bool = Field(default=True, alias="await")
    """Whether to wait for it; otherwise the task gives its own input."""

    return_: Literal["stdout", "stderr", "code", "all", "none"] = Field(
        default="stdout", alias="return"
    )
    """What the task gives of a process."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "RunWhat":
        kinds = set(_KINDS) & self.model_fields_set
        if len(kinds) != 1:
            raise ValueError(
                "`run` has exactly one of `workflow`, `script`, `shell` and `container`"
            )
        return self
