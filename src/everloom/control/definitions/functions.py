"""Which functions may definitions call? The activities of the application's own code.

`call: shop.charge:1.0.0@default` is the activity `shop.charge`. An activity's version is 1.0.0 unless
its wire name ends in another: `shop.charge:2.0.0`. A name that ends in 1.0.0 cannot be called: there
would be two ways to write one name.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.json_schema import JsonSchemaMode
from pydantic_core import PydanticOmit, SchemaError
from typing_extensions import override

from everloom.catalog import ActivityEntry, Catalog, discover
from everloom.language import FunctionSignature
from everloom.settings import Settings

FIRST_VERSION = "1.0.0"

_VERSIONED = re.compile(r"(?P<name>.+):(?P<version>\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)")
_ANYTHING: dict[str, Any] = {}


class CatalogFunctions(Mapping[str, FunctionSignature]):
    """The functions by `name:version`. The code is imported when somebody asks for the first one.

    Most definitions call none, and then the application need not even be importable.
    """

    def __init__(self, settings: Settings, *, bound: bool = True) -> None:
        """Say where to look.

        Args:
            settings: They name the packages.
            bound: Whether activities stay on the queues they are bound to. False: they run beside
                the definition that calls them.
        """
        self._settings = settings
        self._bound = bound
        self._found: dict[str, FunctionSignature] | None = None

    @override
    def __getitem__(self, key: str) -> FunctionSignature:
        return self._read()[key]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    @override
    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, FunctionSignature]:
        if self._found is None:
            # Without packages there is nothing to import, and nothing that could be broken.
            found = discover(self._settings) if self._settings.catalog.packages else Catalog()
            self._found = offered_functions(found, bound=self._bound)
        return self._found


def offered_functions(catalog: Catalog, *, bound: bool = True) -> dict[str, FunctionSignature]:
    """The activities that definitions may call: those that take one value, or none."""
    signatures = [
        _signature(entry, bound=bound)
        for entry in catalog.activities
        if len(_parameters(entry)) <= 1 and not entry.name.endswith(f":{FIRST_VERSION}")
    ]
    return {f"{each.name}:{each.version}": each for each in signatures}


def _signature(entry: ActivityEntry, *, bound: bool) -> FunctionSignature:
    versioned = _VERSIONED.fullmatch(entry.name)
    hints = _hints(entry.function)
    takes = [hints.get(name, Any) for name in _parameters(entry)]
    return FunctionSignature(
        name=versioned["name"] if versioned else entry.name,
        version=versioned["version"] if versioned else FIRST_VERSION,
        takes_input=bool(takes),
        input_schema=_schema(takes[0], "validation") if takes else None,
        output_schema=_schema(hints.get("return", Any), "serialization"),
        queue=entry.queue if bound else None,
        module=entry.function.__module__,
        qualname=entry.function.__qualname__,
    )


def _parameters(entry: ActivityEntry) -> list[str]:
    """What the caller gives: not the object itself, and not what is provided."""
    provided = {name for name, _ in entry.needs}
    names = list(inspect.signature(entry.function).parameters)
    own = names[1:] if entry.owner is not None else names
    return [name for name in own if name not in provided]


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(inspect.unwrap(function), include_extras=True)
    except (NameError, TypeError):  # an annotation that only a type checker reads
        return {}


def _schema(wanted: Any, mode: JsonSchemaMode) -> dict[str, Any] | None:
    """The JSON Schema of a type; None for anything, or where there is none."""
    try:
        schema = TypeAdapter(wanted).json_schema(mode=mode)
    except (PydanticUserError, PydanticOmit, SchemaError):
        return None
    return None if schema == _ANYTHING else schema
