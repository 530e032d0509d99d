"""How values become payloads: the one converter of clients, workers and replays."""

from temporalio.converter import DataConverter

from everloom.payloads import build_converter
from everloom.settings import Settings

from .own_converter import load_converter


def data_converter(settings: Settings) -> DataConverter:
    """The converter of a process: whoever connects, serves or replays uses this one.

    Raises:
        SettingsInvalid: A key of `payloads.keys` or `payloads.key_files` cannot be used.
        ObjectsAddressInvalid: `store.objects` names no store we can open.
        ConverterInvalid: `temporal.converter` names nothing that converts.
    """
    if settings.temporal.converter is not None:
        return load_converter(settings, settings.temporal.converter)
    return build_converter(settings)
