"""Find what the settings' packages declare, and refuse what cannot run."""

from everloom.settings import Settings

from .calls import check_calls
from .checks import check
from .collecting import collect
from .entries import Catalog, CatalogInvalid
from .importing import import_packages
from .weighing import weighed_imports


def discover(settings: Settings) -> Catalog:
    """Import the packages of `catalog.packages` and collect what they declare.

    Raises:
        CatalogInvalid: A package is missing or broken; a name stands twice; a queue is unknown; an
            activity is called that no queue serves, or sent to a queue it is not bound to; an
            activity class needs what nothing provides; a schedule cannot be used. Every problem at once, with its place.
    """
    with weighed_imports(settings.catalog.packages):
        modules, problems = import_packages(settings)
    catalog = collect(modules, settings)
    problems += check(catalog, settings)
    if not problems:  # a module that is missing would show as calls to nowhere
        for module in modules:
            problems += check_calls(module, catalog, settings)
    if problems:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        raise CatalogInvalid(f"{count} wrong with the code.", problems=problems)
    return catalog
