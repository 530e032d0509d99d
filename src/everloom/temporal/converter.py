"""How values become payloads: the one converter of clients, workers and replays."""

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from everloom.settings import Settings


def data_converter(settings: Settings) -> DataConverter:  # noqa: ARG001 - what the settings say about payloads
    """The converter of a process: whoever connects, serves or replays uses this one."""
    return pydantic_data_converter
