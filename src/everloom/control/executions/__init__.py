"""The runs of projects: start, steer, list, record, compare with Temporal, count."""

from .counting import counted, hour_of
from .histograms import added, bucket_end, bucket_of, percentile
from .recording import Batch, new_batch_id, record_batch
from .values import (
    error_code_of,
    kept_error,
    kept_size,
    kept_value,
    kept_words,
    keeps_values,
    version_of,
)

__all__ = [
    "Batch",
    "added",
    "bucket_end",
    "bucket_of",
    "counted",
    "error_code_of",
    "hour_of",
    "keeps_values",
    "kept_error",
    "kept_size",
    "kept_value",
    "kept_words",
    "new_batch_id",
    "percentile",
    "record_batch",
    "version_of",
]
