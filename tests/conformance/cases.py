"""What is a conformance case? A file that holds a definition, what it is given, and what must come of it.

The files in `cases/<feature>/` are read here, and nowhere else. They are written from the standard's
text, not from Everloom's code: a case that fails tells of one of the two.
"""

import re
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import override

FOLDER = Path(__file__).parent / "cases"
Json = Any


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Problem(_Strict):
    """One thing that the check must find."""

    pointer: str | None = None
    """JSON pointer to the place."""

    code: str | None = None
    """Its code, where the case is about that."""

    says: str | None = None
    """What the sentence or its hint must mention."""


class ExpectedError(_Strict):
    """What the error of a faulted run must be; what is not given may be anything."""

    type: str | None = None
    status: int | None = None
    title: str | None = None
    detail: str | None = None
    detail_says: str | None = None
    """Text within the detail."""

    instance: str | None = None


class ExpectedTrace(_Strict):
    """What must be seen in the trace. Only tasks that a list names are looked at for it."""

    completed: list[str] = []
    """These, in this order, and as often as they are named."""

    skipped: list[str] = []
    faulted: list[str] = []
    retried: list[str] = []
    never: list[str] = []
    """These do not occur at all."""


class Expected(_Strict):
    """What must come of a case."""

    status: Literal["completed", "faulted", "cancelled", "refused"]

    output: Json = None
    """The output, exactly. Only looked at when given: `null` is an output too."""

    holds: dict[str, Json] = {}
    """Expressions on the output, and what they must give."""

    error: ExpectedError | None = None
    trace: ExpectedTrace | None = None
    timers: list[float | tuple[float, float]] | None = None
    """Durations in seconds of the timers that the run started, in order; or from and to of each."""

    events: list[dict[str, Json]] | None = None
    """The emitted events, in order; of each at least these attributes."""

    activities: list[dict[str, Json]] | None = None
    """Activities that were asked for, in order; of each at least these: `name`, `summary`, `attempts`,
    and in seconds `timeout`, `total`, `wait`, `heartbeat`."""

    queries: dict[str, Json] = {}
    """Names of queries, and what they answer when the run is over."""

    problems: list[Problem] = []
    """What the check of the definition must find; for refused ones."""

    warnings: list[Problem] = []
    """What the check must find without refusing."""

    @model_validator(mode="after")
    def _fits_its_status(self) -> "Expected":
        refused, faulted = self.status == "refused", self.status == "faulted"
        if refused != bool(self.problems):
            raise ValueError("`problems` belong to `refused`, and to nothing else")
        if self.error is not None and not faulted:
            raise ValueError("`error` belongs to `faulted`")
        if (self.has_output or self.holds) and self.status != "completed":
            raise ValueError("`output` and `holds` belong to `completed`")
        return self

    @property
    def has_output(self) -> bool:
        """Whether the exact output is given."""
        return "output" in self.model_fields_set


class Update(_Strict):
    """An update that is sent to a run, and what must come of it."""

    name: str
    input: Json = None
    answer: Json = None
    refused: bool = False
    """Whether it is refused before anything happens."""


class Case(_Strict):
    """One conformance case."""

    feature: str
    """The feature it is about: the name of its folder."""

    promise: str
    """What holds when it passes, in one sentence."""

    ctk: str | None = None
    """The scenario of the standard's conformance kit whose meaning it keeps."""

    ruling: str | None = None
    """The ruling (a name in `rulings.yaml`) that it holds to."""

    definition: str
    """The definition as text, for it may be wrong in its very YAML."""

    input: Json = None
    """What the run is given. Without it, it is given nothing."""

    others: list[str] = Field(default=[], alias="with")
    """Further definitions, for `run.workflow`."""

    events: list[dict[str, Json]] = []
    """CloudEvents that are sent to the run, in order, when it listens."""

    updates: list[Update] = []
    """Updates that are sent, in order, before the events, when the run has begun."""

    early_events: bool = False
    """Send the events at once when the run has started, whether it listens or not."""

    secrets: dict[str, Json] = {}
    settings: dict[str, Json] = {}
    """Settings of its worker that differ from those of the other cases."""

    cancel: bool = False
    """Cancel the run once it waits."""

    never_in_history: list[str] = []
    """Texts that must not be found in the run's history."""

    not_killed: str | None = None
    """Why a killed worker may change the outcome; None: it may not."""

    expect: Expected

    name: str = ""
    """`<feature>/<file>`; told by where the file lies."""

    @property
    def runs(self) -> bool:
        """Whether there is something to run."""
        return self.expect.status != "refused"

    @property
    def has_input(self) -> bool:
        """Whether an input is given."""
        return "input" in self.model_fields_set


_TIMES = re.compile(r"<<(\d+) times:(.*?)>>(?!>)", re.DOTALL)


def filled(text: str, **values: object) -> str:
    """A text with its placeholders filled.

    `<<name>>` becomes the value of that name, `<<3 times:ab>>` becomes `ababab`: what is large in a
    definition is short in its file.
    """
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", str(value))
    return _TIMES.sub(lambda found: int(found[1]) * found[2], text)


class _Loader(yaml.SafeLoader):
    """YAML whose `on` and `yes` are texts, whose dates are texts, and whose keys are there once."""

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [str(key.value) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"keys are there twice: {sorted(twice)}", node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != _TIMESTAMP and not (tag == _BOOL and first in "yYnNoO")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Any:
    """What a YAML file of this folder says."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe one


def read_case(path: Path) -> Case:
    """Read one case.

    Raises:
        ValueError: The file is none; it says why.
    """
    name = f"{path.parent.name}/{path.stem}"
    try:
        said = read_yaml(path)
        case = Case.model_validate({**said, "name": name})
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error
    if case.feature != path.parent.name:
        raise ValueError(f"{path}: its `feature` is {case.feature!r}, its folder is not")
    return case


def case_files() -> list[Path]:
    """All files of cases, by feature and name."""
    return sorted(FOLDER.glob("*/*.yaml"))


@cache
def all_cases() -> tuple[Case, ...]:
    """All cases, by feature and name."""
    return tuple(read_case(path) for path in case_files())
