"""Look at everything, from the settings to the open runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from everloom.catalog import Catalog
from everloom.control.connecting import open_temporal
from everloom.control.versions import installed_versions
from everloom.core import EverloomError
from everloom.settings import Settings, load_with_sources
from everloom.temporal import TemporalService

from .findings import Finding, from_error, ok
from .machine import look_at_code, look_at_engine, look_at_folders, look_at_needs, look_at_ports
from .server import (
    look_at_clock,
    look_at_connection,
    look_at_queues,
    look_at_runs,
    look_at_versions,
)


@dataclass(frozen=True)
class Report:
    """Everything that was found, in the order it was looked at."""

    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return all(finding.level != "error" for finding in self.findings)


async def examine(folder: Path | None = None, settings: Settings | None = None) -> Report:
    """Look at everything. Never raises for what it finds.

    Args:
        folder: Whose settings are meant; the current folder when left out.
        settings: Look with these instead of reading any.
    """
    findings = [_versions()]
    if settings is None:
        try:
            loaded = load_with_sources(folder)
        except EverloomError as failed:
            return Report((*findings, *from_error("settings", failed)))
        settings = loaded.settings
        findings.append(ok("settings", f"{loaded.file or 'Defaults and environment'} can be used."))
    catalog, about_code = look_at_code(settings)
    findings += about_code
    findings += await look_at_engine(settings)
    findings += await look_at_folders(settings)
    findings += await look_at_ports(settings)
    async with open_temporal(settings) as temporal:
        if catalog is not None:
            findings += await look_at_needs(catalog, settings, temporal)
        findings += await _look_at_server(catalog, temporal)
    return Report(tuple(findings))


def _versions() -> Finding:
    shown = ", ".join(f"{name} {number}" for name, number in installed_versions().items())
    return ok("installed", f"{shown}.")


async def _look_at_server(catalog: Catalog | None, temporal: TemporalService) -> list[Finding]:
    answers, findings = await look_at_connection(temporal)
    if not answers:
        return findings
    looks: list[tuple[str, Callable[[], Awaitable[list[Finding]]]]] = [
        ("versions", lambda: look_at_versions(temporal)),
        ("clock", lambda: look_at_clock(temporal)),
    ]
    if catalog is not None:
        looks += [
            ("queues", lambda: look_at_queues(catalog, temporal)),
            ("runs", lambda: look_at_runs(catalog, temporal)),
        ]
    for about, look in looks:
        try:
            findings += await look()
        except EverloomError as failed:  # one thing that cannot be looked at hides no other
            findings += from_error(about, failed)
    return findings
