"""The installed libraries an application uses, so that its next process can import them ahead.

They take most of a start and do not change when somebody saves a file. The application's own modules
are never imported ahead.
"""

import importlib
import sys
import sysconfig
from collections.abc import Iterable, Sequence

from everloom.observe import get_logger

log = get_logger("everloom.worker")

_INSTALLED = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def imported_libraries(application: Sequence[str]) -> tuple[str, ...]:
    """Every module of Python's own and of installed packages, in the order they were imported.

    Without those of the application's packages, which may be installed too.
    """
    own = tuple(f"{package}." for package in application)
    return tuple(
        name
        for name, module in list(sys.modules.items())
        if _is_installed(module) and not f"{name}.".startswith(own)
    )


def import_ahead(names: Iterable[str]) -> None:
    """Import what can be imported; what cannot will be told when the application imports it."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - a library may raise anything while it is imported
            log.debug("not imported ahead", module=name)


def _is_installed(module: object) -> bool:
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return isinstance(origin, str) and origin.startswith(_INSTALLED)
