"""A data converter that the application brings along, named by a setting."""

import importlib
import sys

from temporalio.converter import DataConverter

from everloom.core import Invalid
from everloom.settings import Settings


class ConverterInvalid(Invalid):
    """`temporal.converter` names nothing that converts."""

    code = "converter-invalid"


def load_converter(settings: Settings, name: str) -> DataConverter:
    """The converter that stands under `package.module:name`.

    Raises:
        ConverterInvalid: There is no such thing, or it is none.
    """
    module, _, attribute = name.partition(":")
    for path in reversed(settings.catalog.paths):
        folder = str(settings.path(path))
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        found: object = getattr(importlib.import_module(module), attribute)
        made = found() if callable(found) else found
    except Exception as error:
        raise _invalid(name, f"{type(error).__name__}: {error}") from error
    if not isinstance(made, DataConverter):
        raise _invalid(name, f"it is a `{type(made).__name__}`")
    return made


def _invalid(name: str, reason: str) -> ConverterInvalid:
    return ConverterInvalid(
        f"`temporal.converter` is {name!r}, which is no data converter: {reason.rstrip('.')}.",
        hint="Write `package.module:name`, the name of a `temporalio.converter.DataConverter` or of "
        "a function without parameters that makes one; `catalog.paths` says from where.",
    )
