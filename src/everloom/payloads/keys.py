"""Where a stored payload lies. Pure.

`payloads/<namespace>/<workflow id>/<run id>/<day>-<sha256>`: whose it is can be read off its key, and
what it must hold too. The day makes cleaning safe: a payload is used again only within the day of
its key, so nobody hands out a reference to an object that is old enough to be deleted.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

ROOT = "payloads"
OWNERS = "payload-owners"
"""Beside the payloads: which Temporal each namespace's payloads belong to."""

NOBODY = "~"
"""Stands where a workflow or run is not known: a run that is just being started has no id yet."""

ACTIVITY = "~activity"
"""Stands where the workflow would: details of heartbeats, and all of an activity without workflow."""

_KEY = re.compile(rf"{ROOT}/([^/]+)/([^/]+)/([^/]+)/(\d{{8}})-([0-9a-f]{{64}})")
_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
_WRITTEN = re.compile(rb"=([0-9A-F]{2})")
_LONGEST = 150


@dataclass(frozen=True, kw_only=True)
class StoredName:
    """What the key of a stored payload says."""

    namespace: str
    workflow_id: str
    """Empty when it is not known; cut off with `…` when it is very long."""
    run_id: str
    """Empty when it is not known: the payload was there before the run."""
    activity_id: str
    """Of the activity whose heartbeat it is, or that was started without a workflow."""
    digest: str
    """SHA-256 of the object."""

    def whose(self) -> str:
        """The run it belongs to, in words."""
        if self.activity_id:
            return f"the activity {self.activity_id!r}"
        if not self.workflow_id:
            return f"the namespace {self.namespace!r}"
        run = f" ({self.run_id})" if self.run_id else ""
        return f"the run {self.workflow_id!r}{run}"


def object_key(namespace: str, workflow_id: str, run_id: str, *, digest: str, day: datetime) -> str:
    """The key of a payload of a run; what is not known is empty."""
    whose = "/".join(_segment(part) for part in (namespace, workflow_id, run_id))
    return f"{ROOT}/{whose}/{day:%Y%m%d}-{digest}"


def activity_key(namespace: str, activity_id: str, *, digest: str, day: datetime) -> str:
    """The key of an activity's payload that the SDK gives to no workflow."""
    whose = "/".join((_segment(namespace), ACTIVITY, _segment(activity_id)))
    return f"{ROOT}/{whose}/{day:%Y%m%d}-{digest}"


def namespace_prefix(namespace: str, workflow_id: str = "") -> str:
    """What the keys of a namespace, or of a workflow id in it, begin with."""
    below = f"/{_segment(workflow_id)}" if workflow_id else ""
    return f"{ROOT}/{_segment(namespace)}{below}"


def stored_name(key: str) -> StoredName | None:
    """What a key says; None when it is no key of a payload."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    namespace, whose, part, _, digest = found.groups()
    is_activity = whose == ACTIVITY
    return StoredName(
        namespace=_plain(namespace),
        workflow_id="" if is_activity else _plain(whose),
        run_id="" if is_activity else _plain(part),
        activity_id=_plain(part) if is_activity else "",
        digest=digest,
    )


def _segment(text: str) -> str:
    """A name as one segment of a key that every store takes and nothing has to escape."""
    if not text:
        return NOBODY
    safe = _UNSAFE.sub(lambda found: b"=%02X" % found[0][0], _bytes(text)).decode()
    if len(safe) <= _LONGEST:
        return safe
    return f"{safe[:_LONGEST]}~{sha256(_bytes(text)).hexdigest()[:16]}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a command line may hold anything


def _plain(segment: str) -> str:
    if segment == NOBODY:
        return ""
    shown, cut, _ = segment.partition("~")
    raw = _WRITTEN.sub(lambda found: bytes([int(found[1], 16)]), shown.encode())
    return raw.decode(errors="ignore") + ("…" if cut else "")
