"""How values travel: converted, compressed, encrypted, kept outside. Knows no connection."""

from .codec import PayloadCodecs
from .conversion import build_converter
from .errors import (
    PayloadDamaged,
    PayloadKeyMissing,
    PayloadKeyWrong,
    PayloadMissing,
    PayloadReferenceInvalid,
    PayloadTooLarge,
    PayloadUnreadable,
)
from .keys import OWNERS, ROOT, StoredName, namespace_prefix, stored_name
from .limits import TOO_LARGE, HistoryBudget, HistoryLimits, Step, share_of
from .references import Marks, find_reference, mark_digests
from .reviving import Reviver
from .storage import PayloadStore

__all__ = [
    "OWNERS",
    "ROOT",
    "TOO_LARGE",
    "HistoryBudget",
    "HistoryLimits",
    "Marks",
    "PayloadCodecs",
    "PayloadDamaged",
    "PayloadKeyMissing",
    "PayloadKeyWrong",
    "PayloadMissing",
    "PayloadReferenceInvalid",
    "PayloadStore",
    "PayloadTooLarge",
    "PayloadUnreadable",
    "Reviver",
    "Step",
    "StoredName",
    "build_converter",
    "find_reference",
    "mark_digests",
    "namespace_prefix",
    "share_of",
    "stored_name",
]
