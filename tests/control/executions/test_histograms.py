"""Durations as buckets: small, and exact to a tenth."""

import pytest

from everloom.control.executions import added, bucket_end, bucket_of, percentile


@pytest.mark.parametrize("milliseconds", [0.0, 0.5, 1.0, 1.1, 1.2, 37.5, 1e3, 86_400_000.0])
def test_a_bucket_holds_what_is_within_a_tenth_of_its_end(milliseconds: float) -> None:
    """Not more than its end, and more than the end of the bucket before."""
    bucket = bucket_of(milliseconds)

    assert milliseconds <= bucket_end(bucket) * (1 + 1e-9)
    assert bucket == 0 or milliseconds > bucket_end(bucket - 1)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_percentile_is_exact_to_a_tenth(share: float) -> None:
    """Against the durations themselves."""
    durations = [1.0023**place for place in range(5_000)]
    histogram = added({bucket_of(each): 1} for each in durations)

    found = percentile(histogram, share)

    true = durations[round(share * len(durations)) - 1]
    assert found is not None
    assert true <= found <= true * 1.1 * (1 + 1e-9)


def test_nothing_has_no_percentile() -> None:
    """None is not zero."""
    assert percentile({}, 0.95) is None
    assert percentile({3: 0}, 0.95) is None
