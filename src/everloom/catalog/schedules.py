"""Schedules that the packages declare, and what is wrong with them."""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from everloom.authoring import InputInvalid, Schedule, find_workflow_binding
from everloom.core import Problem, did_you_mean

from .entries import Catalog, ScheduleEntry, WorkflowEntry


def collect_schedules(
    modules: Iterable[ModuleType], packages: tuple[str, ...]
) -> tuple[ScheduleEntry, ...]:
    """Every schedule at the top of a module. One that another module imports counts once."""
    found: dict[int, Schedule[Any]] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Schedule):
                found[id(value)] = value  # pyright: ignore[reportUnknownArgumentType] - generic in its input
    entries: list[ScheduleEntry] = []
    for declared in found.values():
        package = next((each for each in packages if _is_in(declared.module, each)), None)
        if package is not None:
            entries.append(ScheduleEntry(declared.id, declared, package, declared.place))
    return tuple(sorted(entries, key=lambda entry: entry.id))


def check_schedules(catalog: Catalog) -> Iterator[Problem]:
    """Ids that stand twice, workflows that are none, inputs that do not fit, and bad times."""
    first: dict[str, ScheduleEntry] = {}
    for entry in catalog.schedules:
        earlier = first.setdefault(entry.id, entry)
        if earlier is not entry:
            yield Problem(
                "schedule-id-twice",
                f"The schedule id `{entry.id}` is taken: {earlier.place} has it too.",
                "Give one of them another `id`.",
                str(entry.place),
            )
        yield from entry.declared.problems()
        yield from _workflow_problems(entry, catalog)


def find_scheduled(entry: ScheduleEntry, catalog: Catalog) -> WorkflowEntry | None:
    """The workflow that a schedule starts."""
    wanted = entry.declared.workflow
    return next((each for each in catalog.workflows if each.cls is wanted), None)


def _workflow_problems(entry: ScheduleEntry, catalog: Catalog) -> Iterator[Problem]:
    workflow = find_scheduled(entry, catalog)
    if workflow is None:
        wanted = entry.declared.workflow
        bound = find_workflow_binding(wanted)
        name = bound.name if bound else wanted.__name__
        known = [each.name for each in catalog.workflows]
        yield Problem(
            "schedule-workflow-unknown",
            f"The schedule `{entry.id}` starts `{name}`, which no package declares as a workflow.",
            f"{did_you_mean(name, known)} Is its package in `catalog.packages`?",
            str(entry.place),
        )
        return
    try:
        workflow.check_input(entry.declared.input)
    except InputInvalid as error:
        details = "; ".join(problem.sentence() for problem in error.problems)
        yield Problem(
            "schedule-input",
            f"The input of the schedule `{entry.id}` does not fit: {details}",
            "",
            str(entry.place),
        )


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
