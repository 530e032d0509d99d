"""What can go wrong with a payload on its way."""

from everloom.core import Conflict, Invalid, NotFound, Unavailable

_WAITS = (
    "The run is not lost: its task is tried again until the payload can be read. "
    "Put the object back from a backup, or point `store.objects` to where it was written"
)

_FOLDER = (
    "Every process needs the same `store.objects`, and a folder is for one machine: several need a "
    "bucket or a folder that all of them share. "
)


class PayloadMissing(NotFound):
    """A payload that is kept in the object store is not there."""

    code = "payload-missing"
    retryable = True

    def __init__(self, key: str, whose: str, *, store: str) -> None:
        folder = "" if "://" in store else _FOLDER
        super().__init__(
            f"A payload of {whose} is missing: {store} has no object {key!r}.",
            hint=f"{folder}{_WAITS}.",
        )


class PayloadDamaged(Conflict):
    """A payload that is kept in the object store is not what was written."""

    code = "payload-damaged"
    retryable = True

    def __init__(self, key: str, whose: str, found: str) -> None:
        super().__init__(
            f"A payload of {whose} is damaged: the object {key!r} {found}.", hint=f"{_WAITS}."
        )


class PayloadReferenceInvalid(Invalid):
    """A reference to a stored payload leads nowhere that payloads are kept."""

    code = "payload-reference-invalid"


class PayloadKeyMissing(Unavailable):
    """A payload was encrypted with a key that is not in the settings."""

    code = "payload-key-missing"

    def __init__(self, id: str) -> None:
        super().__init__(
            f"A payload is encrypted with the key {id!r}, which is not there.",
            hint=f"Add it to `payloads.keys` or `payloads.key_files` under the id {id!r}.",
        )
        self.id = id


class PayloadKeyWrong(Conflict):
    """A payload cannot be decrypted: the key of that id is another one, or the payload is damaged."""

    code = "payload-key-wrong"
    retryable = True

    def __init__(self, id: str) -> None:
        super().__init__(
            f"A payload cannot be decrypted with the key {id!r}: that id holds another key than the "
            "one it was encrypted with, or the payload is damaged.",
            hint=f"Put the right key under the id {id!r}; a new key needs a new id.",
        )
        self.id = id


class PayloadUnreadable(Conflict):
    """A payload says how it was written, and cannot be read that way."""

    code = "payload-unreadable"


class PayloadTooLarge(Invalid):
    """A payload is larger than Temporal takes."""

    code = "payload-too-large"


class PayloadTooDeep(Invalid):
    """A payload nests deeper than it could be read again."""

    code = "payload-too-deep"


class HistoryTooLarge(Conflict):
    """The history of a run is nearly full, and Temporal would end the run."""

    code = "history-too-large"
