"""Check a definition: read it, hold it to the language's shape, then to its meaning.

Every stage notes what it finds and leaves the rest to the next, so that one round of mending is
enough. Pure: no clock, no files, no network.
"""

from collections.abc import Collection, Mapping

from pydantic import ValidationError

from everloom.core import steps_of
from everloom.language.definition import (
    Checked,
    Definition,
    FunctionCatalog,
    Json,
    Resources,
    WorkflowName,
)
from everloom.language.models.workflow import WorkflowDefinition
from everloom.language.problems import DefinitionProblem
from everloom.language.reading import Reading, read

from .meaning import Around, check_meaning
from .mending import Mended
from .notes import Notes
from .shape import shape_problems

_REPLACED = {"alias-unknown", "number-not-allowed", "tag-not-allowed", "value-not-json"}
"""Problems of reading that leave something else in a value's place, of which nothing more is said."""


def check_definition(
    source: str | bytes | Mapping[str, Json],
    *,
    functions: FunctionCatalog | None = None,
    workflows: Collection[WorkflowName] | None = None,
    resources: Resources | None = None,
) -> Checked:
    """Check a definition, whatever it is: it never raises for what the definition says.

    Args:
        source: YAML or JSON as text or bytes, or the value that somebody parsed.
        functions: What `name:version@default` may call. None: such calls are not looked up.
        workflows: What `run.workflow` may run. None: it is not looked up.
        resources: What was fetched for the definition. None: it is not looked at.
    """
    reading = read(source)
    problems = list(reading.problems)
    if reading.root is None:
        return _checked(reading, None, problems)
    around = Around(functions, workflows, resources)
    try:
        model = WorkflowDefinition.model_validate(reading.value)
    except ValidationError as error:
        problems += shape_problems(error, reading)
        problems += _of_the_rest(error, reading, around)
        return _checked(reading, None, problems)
    notes = Notes(reading)
    check_meaning(model, reading, around, notes)
    return _checked(reading, model, problems + notes.problems)


def _of_the_rest(
    error: ValidationError, reading: Reading, around: Around
) -> list[DefinitionProblem]:
    """Problems of what is built right, while other parts are not."""
    mended = Mended(reading.value, error)
    if mended.model is None:
        return []
    notes = Notes(reading)
    check_meaning(mended.model, reading, around, notes)
    taken = {tuple(str(step) for step in steps) for steps in mended.taken}
    return [
        each
        for each in notes.problems
        if each.code not in mended.uncertain and not _is_within(steps_of(each.pointer), taken)
    ]


def _is_within(steps: tuple[str, ...], taken: set[tuple[str, ...]]) -> bool:
    return any(steps[:size] in taken for size in range(1, len(steps) + 1))


def _checked(
    reading: Reading, model: WorkflowDefinition | None, problems: list[DefinitionProblem]
) -> Checked:
    refused = {each.pointer for each in reading.problems if each.code in _REPLACED}
    problems = [
        each for each in problems if each.pointer not in refused or each in reading.problems
    ]

    def position(each: DefinitionProblem) -> tuple[int, int, int, str]:
        return each.line, each.column, reading.find(each.pointer).order, each.code

    ordered = tuple(sorted(dict.fromkeys(problems), key=position))
    if model is None or any(each.severity == "error" for each in ordered):
        return Checked(None, ordered)
    return Checked(Definition(model, reading.value, reading), ordered)
