"""How values travel: converted, compressed, encrypted, kept outside. Knows no connection."""

from .codec import PayloadCodecs
from .conversion import build_converter
from .errors import (
    HistoryTooLarge,
    PayloadDamaged,
    PayloadKeyMissing,
    PayloadKeyWrong,
    PayloadMissing,
    PayloadReferenceInvalid,
    PayloadTooLarge,
    PayloadUnreadable,
)
from .history import HistoryBudget, HistoryLimits
from .keys import OWNERS, ROOT, StoredName, namespace_prefix, stored_name
from .references import Marks, find_reference, mark_digests
from .reviving import Reviver
from .storage import PayloadStore

__all__ = [
    "OWNERS",
    "ROOT",
    "HistoryBudget",
    "HistoryLimits",
    "HistoryTooLarge",
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
    "StoredName",
    "build_converter",
    "find_reference",
    "mark_digests",
    "namespace_prefix",
    "stored_name",
]
