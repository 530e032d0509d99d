"""What workflow code may not use: the SDK's list, and clocks and random numbers beside it."""

import sys
from collections.abc import Iterable
from dataclasses import replace

from temporalio.worker.workflow_sandbox import SandboxMatcher, SandboxRestrictions

# The context is what the SDK asks its own list with; it has no public name.
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext

from .stand_ins import ASK_THE_CLOCK

_SDK = SandboxRestrictions.invalid_module_members_default
_PATH = _SDK.children["pathlib"].children["Path"] | SandboxMatcher(
    use={"absolute", "readlink", "walk"}
)

_ALSO: dict[str, SandboxMatcher] = {
    name: SandboxMatcher(use=uses, only_runtime=True)
    for name, uses in {
        "_thread": {"start_new_thread", "start_new"},
        "arrow": {"now", "utcnow"},
        "ctypes": {"CDLL", "PyDLL"},
        "nanoid": {"generate"},
        "pendulum": {"now", "today", "tomorrow", "yesterday"},
        "shortuuid": {"uuid", "random"},
        "ssl": {"RAND_bytes"},
        "time": {"clock_gettime", "clock_gettime_ns"},
        "timeit": {"default_timer", "timeit", "repeat"},
        "uuid": {"getnode"},
        "uuid6": {"uuid1", "uuid6", "uuid7", "uuid8"},
        "uuid_utils": {"uuid1", "uuid4", "uuid6", "uuid7"},
    }.items()
} | {
    "asyncio": SandboxMatcher(
        use={
            "create_subprocess_exec",
            "create_subprocess_shell",
            "open_connection",
            "run",
            "start_server",
            "to_thread",
        }
    ),
    "email": SandboxMatcher(
        children={
            "utils": SandboxMatcher(
                use={"formatdate", "localtime", "make_msgid"}, only_runtime=True
            ),
        }
    ),
    "numpy": SandboxMatcher(children={"random": SandboxMatcher.all_uses_runtime}),
    "os": SandboxMatcher(access={"environ", "environb"}, only_runtime=True),
    "posix": SandboxMatcher(access={"environ"}, use={"*"}, only_runtime=True),
    "pathlib": SandboxMatcher(children=dict.fromkeys(("Path", "PosixPath"), _PATH)),
    "random": SandboxMatcher(use={"SystemRandom"}),
}
"""What answers differently each time and is not on the SDK's list. What reaches files or the network
is seen by the guard, whatever library does it."""

_NAMED_IN_MODELS = (("datetime", "date"), ("datetime", "datetime"), ("random",), ("secrets",))
"""Whose functions people name while a module is imported, as in `Field(default_factory=datetime.now)`.
Pydantic looks at what is named there; only to call it is refused."""


def _guarded() -> SandboxMatcher:
    # The SDK's stand-in for `ZoneInfo` is no time zone to `datetime.astimezone`; that zones are
    # read from files is seen by the guard.
    found = _SDK.with_child_unrestricted("zoneinfo") | SandboxMatcher(children=_ALSO)
    if sys.version_info >= (3, 13):  # whose own way to show an error uses the `os` of workflow code
        system = replace(found.children["os"], exclude=_SDK.children["os"].exclude)
        found = replace(found, children={**found.children, "os": system})
    return found


_GUARDED = _guarded()

_RUNNING = RestrictionContext()
_RUNNING.is_runtime = True


def is_guarded(dotted: str) -> bool:
    """Whether running workflow code may not use a thing of that name."""
    parts = dotted.split(".")
    return dotted in ASK_THE_CLOCK or _GUARDED.match_access(_RUNNING, *parts, include_use=True)


def restrictions(passed: Iterable[str]) -> SandboxRestrictions:
    """The restrictions of a sandbox that passes some modules through.

    They hold for what is imported for each run, also while it is imported.
    """
    return SandboxRestrictions(
        passthrough_modules=SandboxRestrictions.passthrough_modules_default | set(passed),
        invalid_modules=SandboxMatcher.none,
        invalid_module_members=_EACH_RUN,
    )


def once_for_all(each_run: SandboxRestrictions) -> SandboxRestrictions:
    """The same for what all runs share: nothing is refused while it is imported, once."""
    return replace(each_run, invalid_module_members=_SHARED)


def _named_in_models() -> SandboxMatcher:
    found = _GUARDED
    for path in _NAMED_IN_MODELS:
        found = _within(found, path)
    return found


def _within(matcher: SandboxMatcher, path: tuple[str, ...]) -> SandboxMatcher:
    if path:
        child = _within(matcher.children[path[0]], path[1:])
        return replace(matcher, children={**matcher.children, path[0]: child})
    called = SandboxMatcher(children={"__call__": SandboxMatcher.all})
    return replace(matcher, use=set(), children=dict.fromkeys(matcher.use, called))


def _when_running(matcher: SandboxMatcher) -> SandboxMatcher:
    children = {name: _when_running(child) for name, child in matcher.children.items()}
    return replace(matcher, children=children, only_runtime=True)


_EACH_RUN = _named_in_models()
_SHARED = _when_running(_EACH_RUN)
