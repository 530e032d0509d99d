"""The server's command line: where it listens, where it writes, and how it is tuned. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TUNING: Mapping[str, object] = {
    # The stock development server looks at each internal queue of its one shard 20 times a second.
    # Every step of a workflow passes such a queue, so the waiting adds up to most of its latency.
    "history.transferProcessorMaxPollRPS": 1000,
    "history.timerProcessorMaxPollRPS": 1000,
    "history.transferProcessorMaxPollHostRPS": 5000,
    "history.visibilityProcessorMaxPollRPS": 200,
    # A timer is rounded up to this; the stock second would be most of a short one's wait.
    "history.timerProcessorMaxTimeShift": '"10ms"',
    # Each queue costs three polls, and each project of a host has a queue. The stock limits are 1200
    # polls and 2400 calls a second, for everybody together.
    "frontend.namespaceCount": 100_000,
    "frontend.namespaceRPS": 10_000,
    # Lets a test skip the time that a run would sleep through; nobody skips without asking.
    "frontend.WorkflowTimeSkippingEnabled": "true",
}
ONE_PARTITION: Mapping[str, object] = {
    # The stock server cuts each queue into four, each with memory and rows of its own, and lets what
    # comes to one wait for what asks at another. One machine gains nothing by it.
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
}
"""Only for a database that began with it: what waits in other partitions would never be found."""

PRAGMAS: Mapping[str, str] = {
    # With a write-ahead log and NORMAL, a commit costs no fsync. A killed process loses nothing;
    # a power cut may lose the last moments, never the consistency.
    "journal_mode": "WAL",
    "synchronous": "NORMAL",
}


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where one server listens."""

    ip: str
    port: int
    ui_port: int | None
    """None: no web interface."""
    ui_codec: str | None = None
    """Codec endpoint that the web interface asks."""

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"{_reachable(self.ip)}:{self.port}"

    @property
    def ui_url(self) -> str | None:
        """Where a browser finds Temporal's own web interface."""
        return None if self.ui_port is None else f"http://{_reachable(self.ip)}:{self.ui_port}"


def server_command(
    binary: Path,
    database: Path,
    listening: Listening,
    *,
    namespace: str,
    tuned: bool,
    one_partition: bool = False,
) -> list[str]:
    """The command that starts the server.

    Args:
        binary: The `temporal` command.
        database: Its file.
        listening: Where it listens.
        namespace: Made at start-up.
        tuned: Set it for one small machine.
        one_partition: The database has never had queues in several partitions.
    """
    tuning = {**TUNING, **(ONE_PARTITION if one_partition else {})}
    options = [
        *("--ip", listening.ip, "--port", str(listening.port)),
        *("--db-filename", str(database), "--namespace", namespace, "--log-level", "warn"),
        *_ui_options(listening),
    ]
    return [str(binary), "server", "start-dev", *options, *(_tuning(tuning) if tuned else ())]


def _ui_options(listening: Listening) -> tuple[str, ...]:
    if listening.ui_port is None:
        return ("--headless",)
    codec = ("--ui-codec-endpoint", listening.ui_codec) if listening.ui_codec else ()
    return ("--ui-port", str(listening.ui_port), *codec)


def _tuning(tuning: Mapping[str, object]) -> Iterator[str]:
    for key, value in tuning.items():
        yield from ("--dynamic-config-value", f"{key}={value}")
    for key, word in PRAGMAS.items():
        yield from ("--sqlite-pragma", f"{key}={word}")


def _reachable(ip: str) -> str:
    """A server on all addresses is reached on this machine's own one."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(ip, ip)  # noqa: S104 - compared, not bound
    return f"[{own}]" if ":" in own else own
