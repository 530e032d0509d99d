"""How far a transfer has come: what a later attempt needs to go on. Travels as heartbeat detail."""

from mail_platform.models import Shape


class Version(Shape):
    """What tells one state of a remote file from another."""

    etag: str = ""
    last_modified: str = ""
    size: int | None = None
    """Bytes of the whole file as it comes over the wire; None when the server does not say."""

    @property
    def condition(self) -> str:
        """What `If-Range` may carry; empty when the server gave nothing it accepts back."""
        strong = "" if self.etag.startswith("W/") else self.etag
        return strong or self.last_modified

    def is_same_as(self, other: "Version") -> bool:
        """Whether both are surely the same state of the file."""
        if self.contradicts(other):
            return False
        return bool(
            (self.etag and other.etag)
            or (not self.etag and not other.etag and self.last_modified and other.last_modified)
        )

    def contradicts(self, other: "Version") -> bool:
        """Whether both are surely different states; what one of them does not say is no difference."""
        pairs = (
            (self.etag, other.etag),
            (self.last_modified, other.last_modified),
            (self.size or 0, other.size or 0),
        )
        return any(mine and theirs and mine != theirs for mine, theirs in pairs)


class Checkpoint(Shape):
    """State of a transfer."""

    prefix: str
    """Where its parts lie."""

    parts: int = 0
    """Whole parts that are stored and need not be fetched again; 0 for compressed files, whose
    state of unpacking cannot be kept."""

    version: Version = Version()
    received: int = 0
    """Bytes that came over the wire, for people to look at."""

    resumed: int = 0
    """How many times the transfer went on after an interruption."""
