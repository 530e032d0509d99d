"""How much a run may hold: its data goes from task to task in the memory of a worker."""

from pydantic_core import to_json

from everloom.core import Json

from .faults import standard_fault

LARGEST = 16 * 1024 * 1024
"""Bytes of JSON that may pass from one task to the next. Temporal takes far less at once, so what is
larger could not leave the run; in a loop it would grow until the worker has no memory left."""


def check_size(value: Json) -> None:
    """Let a value pass, or fault.

    Raises:
        Fault: It is too large, of type `runtime`.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return
    try:
        size = len(value) if isinstance(value, str) else len(to_json(value))
    except ValueError:  # no JSON: the converter says so where the value leaves the run
        return
    if size > LARGEST:
        raise standard_fault(
            "runtime",
            title="Too much data",
            detail=f"{size} bytes of JSON come out of the task, and {LARGEST} may.",
        )
