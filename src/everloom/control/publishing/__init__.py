"""From a draft to the code that runs: check, publish, activate, roll back, fix, retire, delete."""

from .activating import Activated, activate, roll_back, settle_schedules
from .checking import check_draft
from .drafts import list_definitions, read_draft, save_draft
from .errors import (
    DefinitionMissing,
    DefinitionNameInvalid,
    DefinitionRenamed,
    DefinitionTooLarge,
    FixInvalid,
    FixReplaysNothing,
    NothingBefore,
    VersionActive,
    VersionBusy,
    VersionMissing,
    VersionNotWritable,
)
from .finding import find_definition, find_version
from .fixing import publish_fix
from .gate import GateReport
from .gating import VersionsReport, gate_versions
from .listing import VersionState, diff_versions, list_versions, read_version
from .names import NameInText, name_in, with_version
from .publishing import publish
from .removing import delete_definition, delete_version, retire_idle
from .replaying import GatedRun, Misfit, Replays, task_at
from .scoring import Score, score_card
from .watching import RolledBack, watch_activations

__all__ = [
    "Activated",
    "DefinitionMissing",
    "DefinitionNameInvalid",
    "DefinitionRenamed",
    "DefinitionTooLarge",
    "FixInvalid",
    "FixReplaysNothing",
    "GateReport",
    "GatedRun",
    "Misfit",
    "NameInText",
    "NothingBefore",
    "Replays",
    "RolledBack",
    "Score",
    "VersionActive",
    "VersionBusy",
    "VersionMissing",
    "VersionNotWritable",
    "VersionState",
    "VersionsReport",
    "activate",
    "check_draft",
    "delete_definition",
    "delete_version",
    "diff_versions",
    "find_definition",
    "find_version",
    "gate_versions",
    "list_definitions",
    "list_versions",
    "name_in",
    "publish",
    "publish_fix",
    "read_draft",
    "read_version",
    "retire_idle",
    "roll_back",
    "save_draft",
    "score_card",
    "settle_schedules",
    "task_at",
    "watch_activations",
    "with_version",
]
