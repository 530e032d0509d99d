"""Rates as people write them: `100/s`, `30/m`, `500/h`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:/\s*([smh]))?")


def parse_rate(text: object) -> float:
    """Read a rate as a number a second.

    Raises:
        ValueError: It is not a rate.
    """
    found = _RATE.fullmatch(str(text).strip())
    if found is None:
        raise ValueError(f"{text!r} is not a rate: write it as `100/s`, `30/m` or `500/h`")
    return float(found[1]) / _SECONDS[found[2] or "s"]


Rate = Annotated[float, BeforeValidator(parse_rate), Field(gt=0)]
"""Events a second, written `100/s`, `30/m`, `500/h` or as a bare number a second."""
