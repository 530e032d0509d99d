"""Which keys are accepted. Pure.

A key never leads out of the store, means the same in a folder and in a bucket, and can be printed.
"""

import re

from .errors import ObjectKeyInvalid

_LONGEST = 900
_LONGEST_SEGMENT = 200
_STAGED = re.compile(r"#\d+$")
"""The folder store writes an object under `key#1` before it is whole, and hides such names."""


def checked(key: str) -> str:
    """The key itself.

    Raises:
        ObjectKeyInvalid: It is no key.
    """
    reason = _wrong(key)
    if reason:
        raise ObjectKeyInvalid(key, reason)
    return key


def checked_prefix(prefix: str) -> str:
    """A prefix of whole segments without its last slash; empty for everything.

    Raises:
        ObjectKeyInvalid: No key can begin with it.
    """
    bare = prefix.removesuffix("/")
    return checked(bare) if bare else ""


def _wrong(key: str) -> str:
    if not key.isprintable() or "\\" in key:
        return "it holds control characters or backslashes"
    if len(key.encode("utf-8", "surrogatepass")) > _LONGEST:
        return f"it is longer than {_LONGEST} bytes"
    for segment in key.split("/"):
        if reason := _wrong_segment(segment):
            return reason
    return ""


def _wrong_segment(segment: str) -> str:
    if segment in {"", ".", ".."}:
        return f"its segment {segment!r} is not a name"
    if len(segment.encode()) > _LONGEST_SEGMENT:
        return f"one of its segments is longer than {_LONGEST_SEGMENT} bytes"
    if _STAGED.search(segment):
        return "names that end in `#` and digits belong to the store"
    return ""
