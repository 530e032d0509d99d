"""Import the packages that the settings name, with all their modules."""

import importlib
import pkgutil
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import everloom
from everloom.core import Problem
from everloom.settings import Settings

_NOT_FOR_WORKERS = {"routes", "conftest"}
"""`routes` belongs to the API, which imports it itself: a worker needs no web framework."""


_NOT_OWN = (
    str(Path(everloom.__file__).parent),
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
)
"""Where code lies that an application only calls: Python's, the installed, ours."""


def import_packages(settings: Settings) -> tuple[list[ModuleType], list[Problem]]:
    """Every module of every named package, and what could not be imported."""
    for path in reversed(settings.catalog.paths):
        folder = str(settings.path(path))
        if folder not in sys.path:
            sys.path.insert(0, folder)
    modules: list[ModuleType] = []
    problems: list[Problem] = []
    for package in settings.catalog.packages:
        for name in _names(package):
            module = _import(name, problems)
            if module is not None:
                modules.append(module)
    return modules, problems


def _names(package: str) -> Iterator[str]:
    yield package
    root = sys.modules.get(package)
    if root is None or not hasattr(root, "__path__"):
        return
    for found in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda _: None):
        last = found.name.rsplit(".", 1)[-1]
        if last in _NOT_FOR_WORKERS or last.startswith(("__", "test_")):
            continue
        yield found.name


def _import(name: str, problems: list[Problem]) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        place = f"{error.filename}:{error.lineno}"
        problems.append(Problem("module-broken", f"Syntax error: {error.msg}.", "", place))
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            hint = (
                "Name it in `catalog.packages` as it is imported; `catalog.paths` says from where."
            )
            message = f"There is no package `{error.name}`."
            problems.append(Problem("package-unknown", message, hint, "catalog.packages"))
        else:
            problems.append(_broken(name, error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything, or end us
        problems.append(_broken(name, error))
    return None


def _broken(name: str, error: BaseException) -> Problem:
    """The last line of the application's own code that led to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    named = [frame for frame in frames if not frame.filename.startswith("<")]
    own = [frame for frame in named if not frame.filename.startswith(_NOT_OWN)] or named
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else name
    if isinstance(error, SystemExit):
        said = f"Module `{name}` ends the program when it is imported: SystemExit({error.code!r})."
        hint = "Put what shall only run as a program below `if __name__ == '__main__':`."
        return Problem("module-broken", said, hint, place)
    said = f"{type(error).__name__}: {error}"
    return Problem("module-broken", f"Module `{name}` cannot be imported: {said}.", "", place)


def source_of(module: ModuleType) -> str | None:
    """The source text of a module, when it has a file."""
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
