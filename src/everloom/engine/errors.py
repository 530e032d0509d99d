"""What can go wrong with the embedded Temporal."""

from everloom.core import Conflict, Invalid, Unavailable


class BinaryMissing(Unavailable):
    """There is no `temporal` command to start."""

    code = "engine-binary-missing"


class BinaryInvalid(Invalid):
    """The `temporal` command named in the settings cannot be run."""

    code = "engine-binary-invalid"


class EngineFolderInvalid(Invalid):
    """The engine's folder cannot be used."""

    code = "engine-folder-invalid"


class EngineHeld(Conflict):
    """Another process holds the engine's folder, and the engine in it does not answer."""

    code = "engine-held"


class EngineFailed(Unavailable):
    """The server ended, or did not answer in time."""

    code = "engine-failed"


class PortTaken(Conflict):
    """A port that was asked for is in use."""

    code = "port-taken"
