"""What all conformance cases share: settings that lead to the local servers, secrets, an application."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    Prepared,
    Source,
    prepare,
)
from everloom.settings import Settings, load_settings
from everloom.worker.definitions import load_definition

from .cases import Case, all_cases, filled
from .servers import Servers

ROOT = Path(__file__).parents[2]
SHOP = "tests.conformance.shop"
"""The application whose activities the cases call."""

Group = str
"""The settings that a case asks for, as JSON."""


def group_of(case: Case) -> Group:
    """Which worker a case needs."""
    return json.dumps(case.settings, sort_keys=True)


def groups_of(cases: Iterable[Case]) -> dict[Group, list[Case]]:
    """The cases, by the worker that they need."""
    found: dict[Group, list[Case]] = {}
    for case in cases:
        found.setdefault(group_of(case), []).append(case)
    return found


class Surroundings:
    """Where the cases of a session run."""

    def __init__(self, servers: Servers, folder: Path, objects: str) -> None:
        """Say where.

        Args:
            servers: Who answers the calls.
            folder: For settings and secrets.
            objects: Where large values lie, for everybody who reads a run.
        """
        self._servers = servers
        self._objects = objects
        self._folder = folder
        self._settings: dict[Group, Settings] = {}
        self._secrets = folder / "secrets.json"
        secrets = {name: value for case in all_cases() for name, value in case.secrets.items()}
        self._secrets.write_text(json.dumps(secrets), encoding="utf-8")

    def settings_for(self, group: Group) -> Settings:
        """The settings of a group of cases, read from a file in a folder of its own."""
        if group not in self._settings:
            folder = self._folder / f"group-{len(self._settings)}"
            folder.mkdir()
            told = yaml.safe_dump(self._told(json.loads(group)))
            (folder / "everloom.yaml").write_text(told, encoding="utf-8")
            self._settings[group] = load_settings(folder)
        return self._settings[group]

    def _told(self, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        return {
            "http": {"rewrite": self._servers.rewrite, "private": False, **wanted.get("http", {})},
            "run": {"allow": ["script", "shell"], **wanted.get("run", {})},
            "store": {"objects": self._objects},
            "secrets": {"file": str(self._secrets)},
            "catalog": {"packages": [SHOP], "paths": [str(ROOT)]},
        }

    def definition(self, case: Case) -> str:
        """The case's definition, with what is this session's own."""
        places = {"python": sys.executable, "servers": ROOT / "tests" / "conformance" / "servers"}
        return filled(case.definition, **places)

    async def prepared(
        self, settings: Settings, case: Case, functions: CatalogFunctions
    ) -> Prepared | DefinitionRefused:
        """The case's definitions, checked and compiled."""
        text = self.definition(case)
        others = [Source(f"with[{place}]", each) for place, each in enumerate(case.others)]
        try:
            found = await prepare(settings, Source("definition", text), others, functions)
        except DefinitionRefused as refused:
            return refused
        for each in found.all:
            load_definition(each).forget()
        return found
