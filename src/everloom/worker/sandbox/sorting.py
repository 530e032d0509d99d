"""Which of the application's modules are passed through, shared, or imported afresh for each run."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from .installed import own_file
from .reading import Reading, read_module
from .restrictions import is_guarded
from .state import keeps_state

_WORKFLOW = "__temporal_workflow_definition"


@dataclass(frozen=True)
class Sorting:
    """The application's modules that workflow files reach, by what becomes of them."""

    readings: Mapping[str, Reading]
    """All of them, in the order they were found."""

    passed: frozenset[str]
    """They only compute."""

    shared: frozenset[str]
    """They use, or import something that uses, what is guarded, or define workflows and hold nothing
    that a run could change; the sandbox has its own copy."""

    afresh: frozenset[str]
    """Workflow files that hold something a run could change, and what imports one."""

    with_workflows: frozenset[str]
    """Those of the shared that define workflows, or import one that does."""

    def passed_names(self) -> set[str]:
        """Those to pass through, where naming a package means all that is in it."""
        others = self.shared | self.afresh
        return {
            name for name in self.passed if not any(each.startswith(f"{name}.") for each in others)
        }


def sort_modules(workflows: Iterable[type], *, apart: Collection[str] = ()) -> Sorting:
    """Sort what the files of some workflows import, directly and indirectly.

    Args:
        workflows: The classes.
        apart: Those of the shared with workflows that runs cannot share after all.
    """
    readings = _read_all(_main_as_itself(cls.__module__) for cls in workflows)
    imports = {
        name: {each for each in reading.imports if each in readings} - {name}
        for name, reading in readings.items()
    }
    workflow_files = {name for name in readings if _defines_workflow(name)}
    own = {name for name in workflow_files if not _can_be_shared(name, readings[name])}
    afresh = _and_importers({*own, *apart}, imports)
    guarded = {name for name, reading in readings.items() if reading.guarded}
    shared = _and_importers(guarded | workflow_files, imports) - afresh
    passed = frozenset(readings) - afresh - shared
    with_workflows = _and_importers(workflow_files, imports) & shared
    return Sorting(
        readings, passed, frozenset(shared), frozenset(afresh), frozenset(with_workflows)
    )


def _main_as_itself(name: str) -> str:
    return "__main__" if name == "__temporal_main__" else name


def _read_all(names: Iterable[str]) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    waiting = list(dict.fromkeys(names))
    while waiting:
        name = waiting.pop(0)
        if name in found or (reading := _read(name)) is None:
            continue
        found[name] = reading
        waiting += sorted(each for each in reading.imports if each not in found)
        if "." in name:
            waiting.append(name.rpartition(".")[0])
    return found


def _read(name: str) -> Reading | None:
    module = sys.modules.get(name)
    file = own_file(module)
    if module is None or file is None:
        return None
    try:
        source = file.read_text(encoding="utf-8")
        return read_module(
            source, name, is_package=hasattr(module, "__path__"), is_guarded=is_guarded
        )
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None  # half saved: what is loaded goes on, and is imported afresh


def _and_importers(begin: set[str], imports: Mapping[str, set[str]]) -> set[str]:
    """Some modules, and all that import one of them."""
    found = set(begin)
    while more := {n for n, used in imports.items() if n not in found and used & found}:
        found |= more
    return found


def _defines_workflow(name: str) -> bool:
    return any(
        _WORKFLOW in vars(value) and value.__module__ == name
        for value in _classes(sys.modules[name])
    )


def _can_be_shared(name: str, reading: Reading) -> bool:
    return name != "__main__" and not reading.changes_itself and not keeps_state(sys.modules[name])


def _classes(module: ModuleType) -> Iterator[type]:
    for value in list(vars(module).values()):
        if isinstance(value, type):
            yield value
