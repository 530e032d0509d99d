"""Where large things lie: a folder or an S3 bucket, with one set of promises for both. Public."""

from .errors import (
    ObjectChanged,
    ObjectKeyInvalid,
    ObjectNotFound,
    ObjectsAddressInvalid,
    ObjectsFull,
    ObjectsUnavailable,
)
from .objects import ObjectInfo, Objects
from .opening import open_objects

__all__ = [
    "ObjectChanged",
    "ObjectInfo",
    "ObjectKeyInvalid",
    "ObjectNotFound",
    "Objects",
    "ObjectsAddressInvalid",
    "ObjectsFull",
    "ObjectsUnavailable",
    "open_objects",
]
