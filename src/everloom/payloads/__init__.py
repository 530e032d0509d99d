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
    PayloadTooDeep,
    PayloadTooLarge,
    PayloadUnreadable,
)
from .history import HistoryBudget, HistoryLimits
from .keys import OWNERS, ROOT, StoredName, namespace_prefix, stored_name
from .nesting import DEEPEST, nests_too_deep
from .references import Marks, find_reference, mark_digests
from .reviving import Reviver
from .storage import PayloadStore

__all__ = [
    "DEEPEST",
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
    "PayloadTooDeep",
    "PayloadTooLarge",
    "PayloadUnreadable",
    "Reviver",
    "StoredName",
    "build_converter",
    "find_reference",
    "mark_digests",
    "namespace_prefix",
    "nests_too_deep",
    "stored_name",
]
