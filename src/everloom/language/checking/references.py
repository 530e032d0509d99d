"""Does everything that is referred to by name exist? What stands under `use`, and other workflows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from everloom.core import Steps, nearest
from everloom.language.definition import WorkflowName
from everloom.language.models.access import Authentication, SecretReference
from everloom.language.models.processes import WorkflowProcess
from everloom.language.models.tasks import RaiseWhat, TaskBase, TryTask
from everloom.language.models.workflow import Use, WorkflowDefinition

from .naming import name_of, said_of, short
from .notes import Notes
from .parts import PartAt

_NOUNS = {
    "authentications": "authentication",
    "errors": "error",
    "retries": "retry policy",
    "timeouts": "timeout",
    "secrets": "secret",
}
_CODES = {
    "authentications": "authentication-unknown",
    "errors": "error-unknown",
    "retries": "retry-unknown",
    "timeouts": "timeout-unknown",
    "secrets": "secret-unknown",
}


@dataclass(frozen=True)
class Names:
    """The names that may be referred to."""

    under_use: Mapping[str, Collection[str]]
    workflows: Collection[WorkflowName] | None


def names_in(use: Use, workflows: Collection[WorkflowName] | None) -> Names:
    """The names of a definition, and those of the workflows around it."""
    return Names({section: getattr(use, section) for section in _NOUNS}, workflows)


def check_references(parts: Iterable[PartAt], names: Names, notes: Notes) -> None:
    """Check every name that refers to something."""
    for at in parts:
        _check(at, names, notes)


def _check(at: PartAt, names: Names, notes: Notes) -> None:
    part, steps = at.part, at.steps
    match part:
        case Authentication(use=str(name)):
            _check_authentication(name, steps, names, notes)
        case SecretReference(use=name):
            _check_name("secrets", name, (*steps, "use"), names, notes=notes)
        case RaiseWhat(error=str(name)):
            _check_name("errors", name, (*steps, "error"), names, notes=notes)
        case WorkflowProcess():
            _check_workflow(part, steps, names, notes)
        case WorkflowDefinition() | TaskBase():
            if isinstance(part.timeout, str):
                _check_name("timeouts", part.timeout, (*steps, "timeout"), names, notes=notes)
            if isinstance(part, TryTask) and isinstance(part.catch.retry, str):
                retry: Steps = (*steps, "catch", "retry")
                _check_name("retries", part.catch.retry, retry, names, notes=notes)
        case _:
            pass


def _check_authentication(name: str, steps: Steps, names: Names, notes: Notes) -> None:
    if steps[:2] == ("use", "authentications") and len(steps) == 3:
        notes.add(
            "authentication-of-authentication",
            (*steps, "use"),
            f"{name_of(steps)} cannot be another authentication.",
            "Write out what it consists of.",
        )
        return
    _check_name("authentications", name, (*steps, "use"), names, notes=notes)


def _check_name(section: str, name: str, steps: Steps, names: Names, *, notes: Notes) -> None:
    known = names.under_use[section]
    if name in known:
        return
    close = nearest(name, known)
    hint = f"Did you mean `{close}`?" if close else f"Add it under `use.{section}`."
    if known and not close:
        hint = f"There is {said_of(sorted(known)[:20])}; or add it under `use.{section}`."
    notes.add(
        _CODES[section],
        steps,
        f"There is no {_NOUNS[section]} `{short(name)}` under `use.{section}`.",
        hint,
    )


def _check_workflow(part: WorkflowProcess, steps: Steps, names: Names, notes: Notes) -> None:
    if names.workflows is None:
        return
    name = f"{part.namespace}.{part.name}"
    versions = [each.partition("@")[2] for each in names.workflows if each.startswith(f"{name}@")]
    if part.version in versions or (part.version == "latest" and versions):
        return
    if versions:
        notes.add(
            "workflow-unknown",
            (*steps, "version"),
            f"There is no version `{short(part.version)}` of the workflow `{short(name)}`.",
            f"There is {said_of(sorted(versions))}.",
        )
        return
    close = nearest(name, {each.partition("@")[0] for each in names.workflows})
    notes.add(
        "workflow-unknown",
        (*steps, "name"),
        f"There is no workflow `{short(name)}`.",
        f"Did you mean `{close}`?" if close else "Add its definition to those that are given.",
    )
