"""How long things took, as counts by bucket: small, exact to a tenth, and added up without loss.

Bucket n holds what took up to 1.1 to the power of n milliseconds, and more than the bucket before.
"""

import math
from collections.abc import Iterable, Mapping

BASE = 1.1
"""By what each bucket is wider than the one before."""

_LOG = math.log(BASE)
_ROUNDING = 1e-9


def bucket_of(milliseconds: float) -> int:
    """The bucket of a duration."""
    if milliseconds <= 1:
        return 0
    return max(0, math.ceil(math.log(milliseconds) / _LOG - _ROUNDING))


def bucket_end(bucket: int) -> float:
    """The longest duration that a bucket holds, in milliseconds."""
    return BASE**bucket


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The duration in milliseconds within which a share of all lies; None when there are none.

    It is the end of a bucket, so at most a tenth more than the true one.
    """
    total = sum(histogram.values())
    if total <= 0:
        return None
    wanted, seen = share * total, 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= wanted - _ROUNDING:
            return bucket_end(bucket)
    return bucket_end(max(histogram))


def added(histograms: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Several histograms as one."""
    whole: dict[int, int] = {}
    for each in histograms:
        for bucket, count in each.items():
            whole[bucket] = whole.get(bucket, 0) + count
    return whole
