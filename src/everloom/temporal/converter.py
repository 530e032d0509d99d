"""How values become payloads: the one converter of clients, workers and replays."""

from temporalio.converter import DataConverter

from everloom.payloads import build_converter
from everloom.settings import Settings


def data_converter(settings: Settings) -> DataConverter:
    """The converter of a process: whoever connects, serves or replays uses this one.

    Raises:
        SettingsInvalid: A key of `payloads.keys` or `payloads.key_files` cannot be used.
        ObjectsAddressInvalid: `store.objects` names no store we can open.
    """
    return build_converter(settings)
