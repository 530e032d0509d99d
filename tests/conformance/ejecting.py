"""Eject the definitions of cases as packages, and import what was written, as their owners would.

All packages lie in one folder, each under a name of its own, so that many can be served at once.
"""

import importlib
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from temporalio.worker import Worker
from typing_extensions import override

from everloom.control.definitions import CatalogFunctions, Prepared
from everloom.language import Compiled, FunctionCatalog, package_files
from everloom.plugin import EverloomPlugin
from everloom.settings import Settings
from everloom.steps import Steps
from everloom.temporal import TemporalService

from .bench import Bench
from .cases import Case
from .surroundings import Surroundings

_numbers = count(1)


@dataclass(frozen=True)
class Package:
    """An ejected package that was imported."""

    workflows: tuple[type[Any], ...]
    """Its own class first, then those of the definitions that it runs."""

    activities: Sequence[Callable[..., Any]]
    """What its `activities.py` says that a worker has to serve."""


@contextmanager
def packages_in(folder: Path) -> Generator[None]:
    """Let packages of the folder be imported while the block lasts."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def eject(
    prepared: Prepared, functions: FunctionCatalog, *, folder: Path, settings_folder: Path
) -> Package:
    """Write a case's definitions as packages, and import them.

    Args:
        prepared: The definitions.
        functions: The functions that they may call.
        folder: Where the packages go; see `packages_in`.
        settings_folder: Where the settings are, which the package reads in the current folder.
    """
    name = f"ejected_{next(_numbers)}"
    _write(folder, name, package_files(prepared.definition, prepared.main, functions=functions))
    others = [
        _single(folder, f"{name}_{place}", each) for place, each in enumerate(prepared.others)
    ]
    importlib.invalidate_caches()
    workflow = importlib.import_module(f"{name}.workflow")
    with chdir(settings_folder):
        activities = importlib.import_module(f"{name}.activities").activities()
    own = _class(workflow, prepared.main)
    modules = [importlib.import_module(each) for each in others]
    children = [_class(*each) for each in zip(modules, prepared.others, strict=True)]
    return Package((own, *children), activities)


def _write(folder: Path, name: str, files: dict[str, str]) -> None:
    """The package's own modules; what lies around them is for its owner."""
    package = next(path for path in files if path.endswith("/workflow.py")).split("/")[0]
    for path, text in files.items():
        if path.startswith(f"{package}/"):
            file = folder / name / path.removeprefix(f"{package}/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def _single(folder: Path, name: str, compiled: Compiled) -> str:
    (folder / f"{name}.py").write_text(compiled.source, encoding="utf-8")
    return name


def _class(module: ModuleType, compiled: Compiled) -> type[Any]:
    found: type[Any] = getattr(module, compiled.class_name)
    return found


class EjectedBench(Bench):
    """Serves the packages that the definitions were ejected as, with the SDK's own worker.

    That worker remembers nothing of a run between two of its steps, as if it were killed after each:
    what holds here needs nothing but the history.
    """

    def __init__(
        self,
        temporal: TemporalService,
        around: Surroundings,
        cases: Iterable[Case],
        *,
        folder: Path,
    ) -> None:
        super().__init__(temporal, around, cases)
        self._folder = folder
        self.stack.enter_context(packages_in(folder))

    @override
    async def serve(
        self, settings: Settings, functions: CatalogFunctions, found: Iterable[Prepared], queue: str
    ) -> None:
        packages = [
            eject(each, functions, folder=self._folder, settings_folder=settings.folder)
            for each in found
        ]
        if not packages:
            return
        steps = Steps(settings)
        self.stack.push_async_callback(steps.close)
        worker = Worker(
            await self.temporal.get_client(),
            task_queue=queue,
            workflows=[workflow for each in packages for workflow in each.workflows],
            activities=_served(packages, steps.activities()),
            plugins=[EverloomPlugin(settings)],
            max_cached_workflows=0,
            on_fatal_error=self.give_up,
        )
        await self.stack.enter_async_context(worker)


def _served(
    packages: Iterable[Package], steps: Iterable[Callable[..., Any]]
) -> list[Callable[..., Any]]:
    """Activities by their wire names: packages that call the same bring the same along.

    The steps of Everloom are those that the bench closes at its end; a package's own are closed
    when its process ends.
    """
    found = {_wire_name(each): each for each in steps}
    for package in packages:
        for each in package.activities:
            found.setdefault(_wire_name(each), each)
    return list(found.values())


def _wire_name(activity: Callable[..., Any]) -> str:
    name: str = getattr(activity, "__temporal_activity_definition").name
    return name
