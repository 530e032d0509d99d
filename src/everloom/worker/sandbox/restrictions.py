"""What workflow code may not use: the SDK's list, and clocks and random numbers of libraries."""

from collections.abc import Iterable

from temporalio.worker.workflow_sandbox import SandboxMatcher, SandboxRestrictions

# The context is what the SDK asks its own list with; it has no public name.
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext

_CLOCKS_AND_CHANCE: dict[str, set[str]] = {
    "arrow": {"now", "utcnow"},
    "nanoid": {"generate"},
    "pendulum": {"now", "today", "tomorrow", "yesterday"},
    "shortuuid": {"uuid", "random"},
    "uuid6": {"uuid1", "uuid6", "uuid7", "uuid8"},
    "uuid_utils": {"uuid1", "uuid4", "uuid6", "uuid7"},
}
"""Functions of libraries that answer differently each time. What reaches files or the network is
seen by the guard, whatever library does it."""


def _matcher() -> SandboxMatcher:
    ours = {
        name: SandboxMatcher(use=uses, only_runtime=True)
        for name, uses in _CLOCKS_AND_CHANCE.items()
    }
    ours["numpy"] = SandboxMatcher(children={"random": SandboxMatcher.all_uses_runtime})
    # The SDK's stand-in for `ZoneInfo` is no time zone to `datetime.astimezone`; that zones are read
    # from files is seen by the guard.
    theirs = SandboxRestrictions.invalid_module_members_default.with_child_unrestricted("zoneinfo")
    return theirs | SandboxMatcher(children=ours)


MATCHER = _matcher()
_RUNNING = RestrictionContext()
_RUNNING.is_runtime = True


def restrictions(passed: Iterable[str]) -> SandboxRestrictions:
    """The restrictions of a sandbox that passes some modules through."""
    return SandboxRestrictions(
        passthrough_modules=SandboxRestrictions.passthrough_modules_default | set(passed),
        invalid_modules=SandboxMatcher.none,
        invalid_module_members=MATCHER,
    )


def is_guarded(dotted: str) -> bool:
    """Whether running workflow code may not use a thing of that name."""
    return MATCHER.match_access(_RUNNING, *dotted.split("."), include_use=True)
