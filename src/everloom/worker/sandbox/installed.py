"""What is installed in this environment, and what is somebody's own code."""

import sys
import sysconfig
import traceback
from collections.abc import Iterable
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from types import ModuleType

_FOLDERS = tuple(
    {
        str(Path(sysconfig.get_path(name)).resolve())
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    | {str(Path(sysconfig.get_path(name))) for name in ("purelib", "platlib")}
)
_OURS = str(Path(__file__).parents[2])


@cache
def installed_names() -> frozenset[str]:
    """The top-level modules of every installed distribution."""
    names = {name for each in distributions() for name in _top_level(each)}
    # `__editable__…` finders and the like are no modules that anybody imports.
    return frozenset(name for name in names if name.isidentifier() and not name.startswith("__"))


def _top_level(distribution: Distribution) -> set[str]:
    """As `packages_distributions` tells it, ten times quicker: the list of files is only skimmed."""
    said = distribution.read_text("top_level.txt")
    if said is not None:
        return set(said.split())
    files = (distribution.read_text("RECORD") or "").splitlines()
    paths = {line.partition(",")[0] for line in files if ".dist-info/" not in line}
    return {path.partition("/")[0].partition(".")[0] for path in paths}


def is_installed_file(file: str) -> bool:
    """Whether a file is Python's own, of an installed distribution, or ours."""
    return file.startswith((*_FOLDERS, _OURS, "<"))


def own_file(module: ModuleType | None) -> Path | None:
    """The source file of a module that somebody wrote for this application; None for all others."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py") or is_installed_file(file):
        return None
    return Path(file)


def passed_distributions(own: Iterable[str]) -> set[str]:
    """The installed modules that are passed through, none of which holds an own one.

    Where an application lies in the namespace of an installed package (`company.orders` beside
    `company.lib`), the rest of that namespace is named one by one.
    """
    roots = {name.partition(".")[0] for name in own}
    whole = installed_names() - roots
    prefixes = tuple(f"{name}." for name in own)
    beside = {
        name
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in roots & installed_names()
        and getattr(module, "__file__", None) is not None
        and own_file(module) is None
        and not any(prefix.startswith(f"{name}.") for prefix in prefixes)
    }
    return {"everloom", *whole, *beside}


def own_place(error: BaseException) -> str:
    """File and line of the application's own that led to an error; empty when none did."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f"{each.filename}:{each.lineno}" for each in frames if _is_own(each.filename)]
    return own[-1] if own else ""


def _is_own(file: str) -> bool:
    return not is_installed_file(file) and not file.startswith("workflow_sandbox")
