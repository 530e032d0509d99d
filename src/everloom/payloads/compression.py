"""Compress payloads with zstd where that makes them smaller. Pure."""

import zstandard
from temporalio.api.common.v1 import Payload

from .errors import PayloadUnreadable

ENCODING = b"binary/zstd"
_LEVEL = 3
LARGEST = 1024**3
"""Bytes that are unpacked at most: a few bytes can claim to be terabytes."""


def compress(payload: Payload, *, least: int) -> Payload:
    """The payload in fewer bytes; itself when it is short or does not get smaller."""
    if payload.ByteSize() < least:
        return payload
    # A compressor of its own each time: it is not safe to share between threads.
    data = zstandard.ZstdCompressor(level=_LEVEL).compress(payload.SerializeToString())
    packed = Payload(metadata={"encoding": ENCODING}, data=data)
    return packed if packed.ByteSize() < payload.ByteSize() else payload


def decompress(payload: Payload, *, largest: int = LARGEST) -> Payload:
    """The payload that was compressed.

    Raises:
        PayloadUnreadable: It is damaged, or larger than anything we would have written.
    """
    try:
        size = zstandard.frame_content_size(payload.data)
        if not 0 <= size <= largest:
            raise PayloadUnreadable(
                f"A compressed payload claims to hold {size} bytes; {largest} are unpacked at most."
            )
        # The size stands in the frame, so not more than that is ever unpacked.
        return Payload.FromString(zstandard.ZstdDecompressor().decompress(payload.data))
    except (zstandard.ZstdError, ValueError) as error:
        raise PayloadUnreadable(f"A compressed payload is damaged: {error}.") from None
