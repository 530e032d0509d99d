"""From a draft to the code that runs: check, publish, activate, roll back, fix, retire, delete."""

from .activating import Activated, activate, roll_back, settle_schedules
from .checking import check_draft
from .drafts import list_definitions, read_draft, save_draft
from .errors import (
    DefinitionMissing,
    DefinitionNameInvalid,
    DefinitionRenamed,
    DefinitionTooLarge,
    NothingBefore,
    VersionActive,
    VersionBusy,
    VersionMissing,
    VersionNotWritable,
)
from .finding import find_definition, find_version
from .listing import VersionState, diff_versions, list_versions, read_version
from .names import NameInText, name_in, with_version
from .publishing import publish
from .removing import delete_definition, delete_version, retire_idle

__all__ = [
    "Activated",
    "DefinitionMissing",
    "DefinitionNameInvalid",
    "DefinitionRenamed",
    "DefinitionTooLarge",
    "NameInText",
    "NothingBefore",
    "VersionActive",
    "VersionBusy",
    "VersionMissing",
    "VersionNotWritable",
    "VersionState",
    "activate",
    "check_draft",
    "delete_definition",
    "delete_version",
    "diff_versions",
    "find_definition",
    "find_version",
    "list_definitions",
    "list_versions",
    "name_in",
    "publish",
    "read_draft",
    "read_version",
    "retire_idle",
    "roll_back",
    "save_draft",
    "settle_schedules",
    "with_version",
]
