"""The application's modules as the sandbox has them: imported once, inside it, for all runs.

The SDK would import them afresh for each run. Passing the process's own copies through would let
workflow code reach the clock by a detour over them. So they are imported a second time where clock,
random numbers, files and the rest are guarded, and each run is given those copies.

This builds on the inside of the SDK's sandbox, which has no door for it; the SDK's version is pinned.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import resolve_name
from types import ModuleType

from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxRestrictions
from temporalio.worker.workflow_sandbox._importer import Importer
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext
from typing_extensions import override

from .installed import own_place
from .stand_ins import stand_in


@dataclass(frozen=True)
class Refusal:
    """A module that cannot be imported inside the sandbox."""

    module: str
    place: str
    """File and line of its own that led there; empty when none did."""

    said: str
    """What was raised."""


@dataclass(frozen=True)
class World:
    """Modules that all runs of a process share."""

    modules: Mapping[str, ModuleType] = field(default_factory=dict[str, ModuleType])

    guarded: Mapping[str, ModuleType] = field(default_factory=dict[str, ModuleType])
    """Python's own that workflow code may not use all of: there before anybody imports them, since
    `importlib` and `sys.modules` lead past the SDK's import."""

    watched: frozenset[str] = frozenset()
    """Modules that are never passed through, also where the package they lie in is."""

    def children(self, package: str) -> list[tuple[str, ModuleType]]:
        """The shared modules that lie directly in a package."""
        return [
            (name.rpartition(".")[2], module)
            for name, module in self.modules.items()
            if name.rpartition(".")[0] == package
        ]


class WorldImporter(Importer):
    """The SDK's importer of one run, which finds the shared modules where it would make new ones."""

    def __init__(
        self,
        restrictions: SandboxRestrictions,
        context: RestrictionContext,
        workflow_module: str | None,
        world: World,
    ) -> None:
        super().__init__(restrictions, context, workflow_module)
        self._world = world
        self.new_modules |= world.guarded
        self.modules_checked_for_restrictions |= world.guarded.keys()
        self._packages = {name.rpartition(".")[0] for name in world.modules} - {""}

    @override
    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        names = () if fromlist is None else fromlist
        if not self._world.modules:
            return super()._import(name, globals, locals, names, level)
        path = _lineage(_full_name(name, globals, level))
        if not workflow.unsafe.is_imports_passed_through():  # then the process's own is wanted
            self._offer(path[-1], *(f"{path[-1]}.{each}" for each in names))
        module = super()._import(name, globals, locals, names, level)
        for package in self._packages.intersection(path):
            self._fit(package)
        return module

    @override
    def module_configured_passthrough(self, name: str) -> bool:
        return name not in self._world.watched and super().module_configured_passthrough(name)

    @override
    def _maybe_restrict_module(self, mod: ModuleType) -> ModuleType | None:
        return super()._maybe_restrict_module(stand_in(mod))

    def restrict(self, module: ModuleType) -> ModuleType:
        """The module as workflow code has it."""
        return self._maybe_restrict_module(module) or module

    def _offer(self, *names: str) -> None:
        """Let an import find the shared modules it names."""
        for name in self._world.modules.keys() & set(names):
            if name not in self.new_modules:
                self.new_modules[name] = self._world.modules[name]
                package = name.rpartition(".")[0]
                if package:  # Python imports it when it makes a module, not when it finds one
                    super()._import(package)

    def _fit(self, package: str) -> None:
        """Put the shared modules of a package where its `import` looks for them."""
        made = self.new_modules.get(package)
        if made is not None:
            for name, module in self._world.children(package):
                if self.new_modules.get(f"{package}.{name}") is module:
                    vars(made).setdefault(name, module)


class _WorldContext(RestrictionContext):
    """Importing or running? That of the run which uses a shared module at the moment."""

    def __init__(self) -> None:
        self._unused = False

    @property
    @override
    def is_runtime(self) -> bool:
        """Whether workflow code runs, rather than being imported."""
        return _current(self, "is_runtime")

    @is_runtime.setter
    def is_runtime(self, value: bool) -> None:
        """Nothing: the run's own says it."""

    @property
    @override
    def in_activation(self) -> bool:
        """Whether a workflow task is being worked on."""
        return _current(self, "in_activation")

    @in_activation.setter
    def in_activation(self, value: bool) -> None:
        """Nothing: the run's own says it."""


def _current(ours: RestrictionContext, name: str) -> bool:
    importer = Importer.current_importer()
    if importer is None or importer.restriction_context is ours:
        return False
    return bool(getattr(importer.restriction_context, name))


def guard_modules(world: World, restrictions: SandboxRestrictions) -> World:
    """Add the guarded modules that the process has imported, except packages."""
    restrict = WorldImporter(restrictions, _WorldContext(), None, World()).restrict
    loaded = {name: sys.modules.get(name) for name in restrictions.invalid_module_members.children}
    guarded = {
        name: restrict(module)
        for name, module in loaded.items()
        if module is not None and not hasattr(module, "__path__")
    }
    return replace(world, guarded=guarded)


def add_to_world(
    world: World, names: Iterable[str], restrictions: SandboxRestrictions
) -> tuple[World, Refusal | None]:
    """Import modules inside the sandbox, where those of the world are; or tell the first that cannot be."""
    wanted = sorted(names)
    if not wanted:
        return world, None
    importer = WorldImporter(restrictions, _WorldContext(), None, world)
    with _in_sandbox(), importer.applied():
        for name in wanted:
            try:
                importer.import_func(name)
            except Exception as error:  # noqa: BLE001 - a module may raise anything while imported
                return world, Refusal(name, own_place(error), f"{type(error).__name__}: {error}")
    made = {name: importer.new_modules[name] for name in wanted if name in importer.new_modules}
    return replace(world, modules={**world.modules, **made}), None


class _in_sandbox:  # noqa: N801 - reads as a statement
    def __enter__(self) -> None:
        workflow.unsafe._set_in_sandbox(True)  # noqa: FBT003, SLF001  # pyright: ignore[reportPrivateUsage]

    def __exit__(self, *_: object) -> None:
        workflow.unsafe._set_in_sandbox(False)  # noqa: FBT003, SLF001  # pyright: ignore[reportPrivateUsage]


def _full_name(name: str, importing: Mapping[str, object] | None, level: int) -> str:
    if not level:
        return name
    package = (importing or {}).get("__package__") or (importing or {}).get("__name__") or ""
    return resolve_name("." * level + name, str(package))


def _lineage(name: str) -> list[str]:
    """`a`, `a.b`, `a.b.c` for `a.b.c`."""
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
