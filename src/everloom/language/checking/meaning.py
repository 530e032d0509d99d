"""Everything that is checked beyond the shape of a definition, one rule after the other."""

from collections.abc import Collection
from dataclasses import dataclass

from everloom.language.definition import FunctionCatalog, Resources, WorkflowName
from everloom.language.expressions import analyse_all
from everloom.language.models.workflow import WorkflowDefinition
from everloom.language.reading import Reading

from .access import check_access
from .directives import check_directives
from .dropped import check_dropped
from .empties import check_empties
from .events import check_events
from .expressions import ExpressionCheck, expressions_in
from .fetched import with_fetched
from .functions import Callables, check_functions
from .notes import Notes
from .numbers import check_numbers, check_sizes
from .options import check_options, parts_of_options, texts_of_options
from .parts import PartAt, parts_of
from .places import placed_texts
from .references import check_references, names_in
from .schemas import check_schemas
from .side_by_side import check_side_by_side
from .supported import check_supported
from .variables import check_variables
from .walking import lists_of


@dataclass(frozen=True)
class Around:
    """What is known of the world around a definition; None where nothing is."""

    functions: FunctionCatalog | None = None
    workflows: Collection[WorkflowName] | None = None
    resources: Resources | None = None


def check_meaning(
    model: WorkflowDefinition, reading: Reading, around: Around, notes: Notes
) -> None:
    """Check everything that its models cannot say."""
    fetched = with_fetched(model, around.resources, notes)
    model = fetched.model
    lists = list(lists_of(model))
    check_sizes(lists, notes)
    options = check_options(model, lists, reading, notes)
    parts = list(parts_of(model))
    texts = list(placed_texts(model, lists))
    if options is not None:
        parts += parts_of_options(options)
        texts += texts_of_options(options)
    analyse_all(expressions_in(texts))  # one by one, as they are met from here on, takes far longer
    _check_parts(parts, around.resources, notes)
    check_references(parts, names_in(model.use, around.workflows), notes)
    check_directives(lists, notes)
    check_functions(lists, Callables(model.use, around.functions), notes)
    checker = ExpressionCheck(notes, model.use.secrets)
    for text in texts:
        checker.check(text)
    check_dropped(lists, notes)
    check_side_by_side(lists, notes)
    notes.problems = fetched.placed(notes.problems, reading)


def _check_parts(parts: list[PartAt], resources: Resources | None, notes: Notes) -> None:
    check_supported(parts, notes)
    check_empties(parts, notes)
    check_variables(parts, notes)
    check_numbers(parts, notes)
    check_schemas(parts, resources, notes)
    check_access(parts, notes)
    check_events(parts, notes)
