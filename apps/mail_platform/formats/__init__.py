"""Read product files: which format, encoding and columns they have, and what each row says.

Pure but for the source that it reads: no clock, no network, no object store.
"""

from .batch import BatchResult, parse_batch
from .errors import FileUnreadable
from .source import ByteSource, MemorySource

__all__ = ["BatchResult", "ByteSource", "FileUnreadable", "MemorySource", "parse_batch"]
