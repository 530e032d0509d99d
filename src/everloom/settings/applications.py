"""The settings that applications bring along: `AppSettings` classes in `<package>/settings.py`.

Only that module of each package is imported, so that listing the settings needs none of an
application's own dependencies.
"""

import importlib
import sys
import traceback
from collections.abc import Iterator
from types import ModuleType

from everloom.core import Problem

from .sections import AppSettings
from .tree import Settings


def find_app_settings(settings: Settings) -> tuple[list[type[AppSettings]], list[Problem]]:
    """Every application's class of settings, and what could not be imported."""
    for path in reversed(settings.catalog.paths):
        folder = str(settings.path(path))
        if folder not in sys.path:
            sys.path.insert(0, folder)
    found: dict[str, type[AppSettings]] = {}
    problems: list[Problem] = []
    for package in settings.catalog.packages:
        name = f"{package}.settings"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name == name:
                continue  # an application without settings of its own
            problems.append(_broken(name, error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything, or end us
            problems.append(_broken(name, error))
        else:
            found.update((section.app, section) for section in _sections_in(module))
    return list(found.values()), problems


def _sections_in(module: ModuleType) -> Iterator[type[AppSettings]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, AppSettings) and hasattr(value, "app"):
            yield value


def _broken(name: str, error: BaseException) -> Problem:
    frames = traceback.extract_tb(error.__traceback__)
    named = [frame for frame in frames if not frame.filename.startswith("<")]
    place = f"{named[-1].filename}:{named[-1].lineno}" if named else name
    if isinstance(error, SystemExit):
        said = f"Module `{name}` ends the program when it is imported: SystemExit({error.code!r})."
        hint = "Put what shall only run as a program below `if __name__ == '__main__':`."
        return Problem("module-broken", said, hint, place)
    said = f"{type(error).__name__}: {error}"
    return Problem("module-broken", f"Module `{name}` cannot be imported: {said}.", "", place)
