"""A project as files: which there are, and what they hold. Pure: nothing here reads or writes files.

    project.yaml                                    what somebody may change about the project
    shop.order/draft.yaml                           the draft, as it was written; or draft.json
    shop.order/versions/1.0.0/definition.yaml       what was published, as it was written
    shop.order/versions/1.0.0/version.json          who published it when, with which hashes
    shop.order/versions/1.0.0/package/…             the compiled package

Runs, their pins and statistics, the log, and who is editing a draft are no part of it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from everloom.core import Json
from everloom.store import CompiledCode, Definition, Project, VersionId

from .keeping import project_json

PROJECT_FILE = "project.yaml"
VERSION_FILE = "version.json"
PACKAGE = "package"
FORMAT = 1
"""Changed whenever older code could not read what newer code writes."""


class VersionFile(BaseModel):
    """What `version.json` says."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type_name: str
    version: str
    class_name: str
    source: str
    """The file below `package` that is the workflow's module."""

    sha256: str
    """Of that file."""

    definition_sha256: str
    files: dict[str, str]
    """SHA-256 of each file below `package`."""

    activities: list[str]
    lines: dict[str, int]
    compiler: str
    jq: str
    created_at: str
    author: str
    note: str
    active: bool
    activated_at: str | None
    retired_at: str | None
    fixes: str | None
    """The version that it was published to repair."""

    fixed_by: str | None
    """The version whose code its runs go on with."""

    own_from: str | None = None
    """Runs that were started since then have its own code all the same."""


@dataclass(frozen=True)
class KeptDefinition:
    """A definition with its versions, whole."""

    definition: Definition
    versions: tuple[CompiledCode, ...]


def files_of(project: Project, kept: Iterable[KeptDefinition]) -> dict[str, bytes]:
    """The files of a project, by their paths below its folder."""
    files = {PROJECT_FILE: _project_file(project)}
    for each in kept:
        folder = each.definition.full_name
        files[f"{folder}/{text_file('draft', each.definition.draft)}"] = (
            each.definition.draft.encode()
        )
        numbers = {code.id: code.version for code in each.versions}
        for code in each.versions:
            inside = f"{folder}/versions/{code.version}"
            files |= {f"{inside}/{path}": held for path, held in _version(code, numbers).items()}
    return files


def text_file(name: str, text: str) -> str:
    """The name of a file that holds a definition."""
    return f"{name}.{'json' if text.lstrip().startswith('{') else 'yaml'}"


def hash_of(held: str | bytes) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    return sha256(held.encode() if isinstance(held, str) else held).hexdigest()


def read_moment(text: str) -> datetime:
    """A moment as `version.json` has it.

    Raises:
        ValueError: It is none, or has no time zone.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is in no year that there is") from None


def _project_file(project: Project) -> bytes:
    value: Json = {
        "format": FORMAT,
        "name": f"{project.owner}/{project.name}",
        **project_json(project),
    }
    dumped: Any = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    return str(dumped).encode()


def _version(code: CompiledCode, numbers: Mapping[VersionId, str]) -> dict[str, bytes]:
    package = dict(code.files)
    module = next((path for path, held in package.items() if held == code.source), None)
    if module is None:
        module = "workflow.py"
        package[module] = code.source
    said = VersionFile(
        type_name=code.type_name,
        version=code.version,
        class_name=code.class_name,
        source=module,
        sha256=code.sha256,
        definition_sha256=hash_of(code.definition),
        files={path: hash_of(held) for path, held in package.items()},
        activities=list(code.activities),
        lines=dict(code.lines),
        compiler=code.compiler,
        jq=code.jq,
        created_at=code.created_at.isoformat(),
        author=code.author,
        note=code.note,
        active=code.active,
        activated_at=_moment(code.activated_at),
        retired_at=_moment(code.retired_at),
        fixes=None if code.fixes is None else numbers.get(code.fixes),
        fixed_by=None if code.fixed_by is None else numbers.get(code.fixed_by),
        own_from=_moment(code.own_from),
    )
    told = json.dumps(said.model_dump(), indent=2, sort_keys=True, ensure_ascii=False)
    return {
        text_file("definition", code.definition): code.definition.encode(),
        VERSION_FILE: f"{told}\n".encode(),
        **{f"{PACKAGE}/{path}": held.encode() for path, held in package.items()},
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
