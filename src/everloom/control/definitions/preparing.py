"""Check definitions with everything around them, and compile those that are right.

Around a definition is what it may call (functions), what it runs (other definitions) and what has to
be fetched for it (schemas, functions of catalogs), which is frozen into the compiled text.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from everloom.core import Json, is_list, is_object
from everloom.language import (
    Checked,
    Compiled,
    Definition,
    DefinitionProblem,
    FunctionCatalog,
    Resources,
    check_definition,
    compile_definition,
)
from everloom.language.models.options import METADATA_KEY
from everloom.settings import Settings

from .resources import fetch_resources
from .sources import DefinitionRefused, Found, Source, problem


@dataclass(frozen=True, kw_only=True)
class CheckedSource:
    """A definition that was checked, whatever came out."""

    source: Source
    definition: Definition | None
    """None when it has errors."""
    problems: tuple[DefinitionProblem, ...]
    resources: Resources

    @property
    def found(self) -> tuple[Found, ...]:
        """Its problems with its name."""
        return tuple(Found(self.source.name, each) for each in self.problems)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Definitions that can be served."""

    main: Compiled
    definition: Definition
    """What `main` was compiled from."""
    others: tuple[Compiled, ...] = ()
    queues: tuple[str, ...] = ()
    """Queues that they name, besides the one they are served on."""
    warnings: tuple[Found, ...] = ()

    @property
    def all(self) -> tuple[Compiled, ...]:
        """Everything that is served."""
        return (self.main, *self.others)


async def check_sources(
    settings: Settings,
    sources: Sequence[Source],
    functions: FunctionCatalog,
    *,
    closed: bool = False,
    there: Collection[str] | None = None,
) -> tuple[CheckedSource, ...]:
    """Check definitions together; all problems of each.

    Args:
        settings: What may be reached to fetch what they need.
        sources: The definitions.
        functions: What they may call.
        closed: Whether they may run each other only; otherwise what they run is not looked up when
            there is one definition alone.
        there: Workflow types that are served already, and may be run as well; whatever else is run
            is an error. None: as `closed` says.

    Raises:
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
    """
    first = [check_definition(each.content, functions=functions) for each in sources]
    names = [each.definition.type_name for each in first if each.definition is not None]
    known = names if closed or len(sources) > 1 else None
    if len(names) < len(sources):
        known = None  # who runs the one with errors would seem to be wrong as well
    if there is not None:
        known = [*names, *there]
    done: list[CheckedSource] = []
    for source, checked in zip(sources, first, strict=True):
        done.append(await _checked(settings, source, checked, functions, known=known))
    return tuple(_told_twice(done))


async def prepare(
    settings: Settings,
    main: Source,
    others: Sequence[Source],
    functions: FunctionCatalog,
    *,
    closed: bool = True,
) -> Prepared:
    """Check and compile a definition and those that it may run.

    Args:
        settings: What may be reached to fetch what they need.
        main: The definition.
        others: Those that it may run.
        functions: What they may call.
        closed: Whether it may run only those; otherwise what it runs may also be elsewhere.

    Raises:
        DefinitionRefused: One of them has errors; all are named.
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
    """
    checked = await check_sources(settings, [main, *others], functions, closed=closed)
    compiled = compile_checked(checked, functions)
    found = tuple(each for one in checked for each in one.found)
    definition = checked[0].definition
    assert definition is not None  # noqa: S101 - `compile_checked` refuses it otherwise
    named = {
        queue
        for each in checked
        if each.definition is not None
        for queue in _queues_in(each.definition.value)
    }
    return Prepared(
        main=compiled[0],
        definition=definition,
        others=compiled[1:],
        queues=tuple(sorted(named)),
        warnings=found,
    )


def compile_checked(
    checked: Sequence[CheckedSource],
    functions: FunctionCatalog,
    *,
    there: Collection[str] = (),
) -> tuple[Compiled, ...]:
    """Compile definitions that were checked together.

    Args:
        checked: The definitions.
        functions: What they may call.
        there: Workflow types that are served already; `version: latest` may mean one of them.

    Raises:
        DefinitionRefused: One of them has errors; all are named.
    """
    found = tuple(each for one in checked for each in one.found)
    right = [(each.definition, each.resources) for each in checked if each.definition is not None]
    if len(right) < len(checked):
        raise DefinitionRefused(found, checked[0].source.name)
    names = [definition.type_name for definition, _ in right]
    known = [*names, *there] if there or len(names) > 1 else None
    return tuple(
        compile_definition(definition, functions=functions, workflows=known, resources=resources)
        for definition, resources in right
    )


async def _checked(
    settings: Settings,
    source: Source,
    checked: Checked,
    functions: FunctionCatalog,
    *,
    known: Sequence[str] | None,
) -> CheckedSource:
    resources: Resources
    definition, problems, resources = checked.definition, checked.problems, {}
    if definition is not None:
        resources, mishaps = await fetch_resources(settings, definition)
        if known is not None or resources:
            again = check_definition(
                source.content, functions=functions, workflows=known, resources=resources
            )
            definition, problems = again.definition, again.problems
        problems = (*problems, *mishaps)
        definition = None if mishaps else definition
    return CheckedSource(
        source=source, definition=definition, problems=problems, resources=resources
    )


def _told_twice(checked: Iterable[CheckedSource]) -> Iterable[CheckedSource]:
    """Two definitions of one name and version could not both be served; the same one twice is one."""
    first: dict[str, CheckedSource] = {}
    for each in checked:
        definition = each.definition
        earlier = first.setdefault(definition.type_name, each) if definition else None
        if definition is None or earlier is None or earlier is each:
            yield each
        elif earlier.definition is not None and earlier.definition.value != definition.value:
            told = problem(
                "definition-twice",
                f"`{definition.type_name}` is another definition in {earlier.source.name}.",
                "Give one of them another name or version, or leave it out.",
                pointer="/document/name",
            )
            yield replace(each, definition=None, problems=(*each.problems, told))


def _queues_in(value: Json) -> Iterator[str]:
    """Every queue under a `metadata.everloom`; one in mere data does no harm."""
    waiting: list[Json] = [value]
    while waiting:
        each = waiting.pop()
        if is_list(each):
            waiting += each
        elif is_object(each):
            waiting += each.values()
            yield from _queue_of(each.get("metadata"))


def _queue_of(metadata: Json) -> Iterator[str]:
    options = metadata.get(METADATA_KEY) if is_object(metadata) else None
    queue = options.get("queue") if is_object(options) else None
    if isinstance(queue, str):
        yield queue
