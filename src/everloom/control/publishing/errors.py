"""Why a definition or version cannot be what somebody wants."""

from everloom.core import Conflict, Invalid, NotFound


class DefinitionMissing(NotFound):
    """A project has no definition of that name."""

    code = "definition-missing"


class VersionMissing(NotFound):
    """A definition has no such version, or none that is active."""

    code = "version-missing"


class DefinitionNameInvalid(Invalid):
    """Nothing says what a definition is called, or it cannot be called that."""

    code = "definition-name-invalid"


class DefinitionTooLarge(Invalid):
    """The text of a definition is larger than its project allows."""

    code = "definition-too-large"


class DefinitionRenamed(Conflict):
    """A draft calls itself something else than its definition is called."""

    code = "definition-renamed"


class VersionNotWritable(Invalid):
    """The version cannot be written into the text of a definition."""

    code = "version-not-writable"


class VersionBusy(Conflict):
    """Runs go on with the code of a version, so it cannot be deleted."""

    code = "version-busy"


class VersionActive(Conflict):
    """A version is the active one, so it cannot be deleted."""

    code = "version-active"


class NothingBefore(Conflict):
    """A definition has no version to roll back to."""

    code = "version-none-before"


class FixInvalid(Invalid):
    """A version cannot be a fix of another one."""

    code = "fix-invalid"


class FixReplaysNothing(Conflict):
    """No run of the older version can go on with the fixed code."""

    code = "fix-replays-nothing"
