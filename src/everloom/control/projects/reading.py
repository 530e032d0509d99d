"""Read a folder that a project was exported to, and say of every file why it does not fit."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from everloom.core import Invalid, Json, Problem, is_object
from everloom.language.reading import read
from everloom.store import AutomaticRollback, Limits

from .exporting import project_files
from .folders import FORMAT, PACKAGE, PROJECT_FILE, VERSION_FILE, VersionFile, hash_of, read_moment
from .keeping import ProjectChangeInvalid, check_project

_DRAFT = re.compile(r"(?P<name>[^/]+)/draft\.(?:yaml|json)")
_VERSION = re.compile(r"(?P<name>[^/]+)/versions/(?P<version>[^/]+)/(?P<file>.+)")
_FULL_NAME = re.compile(r"[a-zA-Z0-9-]+\.[a-zA-Z0-9-]+")
_LARGEST = 16 * 1024 * 1024
"""Bytes of one file: no export writes a larger one."""

ModelT = TypeVar("ModelT", bound=BaseModel)


class ImportInvalid(Invalid):
    """A folder is no project that can be imported; each problem names a file."""

    code = "project-import-invalid"


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class LimitsPart(_Exact):
    """Limits, as `project.yaml` says them."""

    activities: int | None
    starts_per_minute: int | None
    definition_bytes: int | None
    payload_bytes: int | None


class RollbackPart(_Exact):
    """When a version is left by itself, as `project.yaml` says it."""

    failures: float
    runs: int
    window_seconds: int


class ProjectFile(_Exact):
    """What `project.yaml` says."""

    format: int
    name: str
    title: str
    description: str
    limits: LimitsPart
    rollback: RollbackPart | None
    priority: int

    def wanted(self) -> dict[str, Any]:
        """What a project is created with."""
        rollback = self.rollback
        return {
            "title": self.title,
            "description": self.description,
            "limits": Limits(**self.limits.model_dump()),
            "rollback": None if rollback is None else AutomaticRollback(**rollback.model_dump()),
            "priority": self.priority,
        }


@dataclass
class ReadVersion:
    """A version as its files say it."""

    place: str
    said: VersionFile
    definition: str
    package: dict[str, str]


@dataclass
class ReadDefinition:
    """A definition as its files say it."""

    name: str
    draft: str | None = None
    versions: dict[str, ReadVersion] = field(default_factory=dict[str, ReadVersion])


@dataclass
class ReadProject:
    """A project as its folder says it."""

    project: ProjectFile
    definitions: dict[str, ReadDefinition]


def read_folder(folder: Path) -> ReadProject:
    """What a folder holds.

    Raises:
        ImportInvalid: It is no project; all that does not fit is named.
    """
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._problems: list[Problem] = []

    def read(self) -> ReadProject:
        if not (self._folder / PROJECT_FILE).is_file():
            self._note(PROJECT_FILE, "is missing")
            raise self._refusal()
        files = dict(self._files())
        project = self._project(files.pop(PROJECT_FILE, ""))
        definitions = self._definitions(files)
        for each in definitions.values():
            self._check(each)
        if project is None or self._problems:
            raise self._refusal()
        return ReadProject(project, definitions)

    def _definitions(self, files: dict[str, str]) -> dict[str, ReadDefinition]:
        definitions: dict[str, ReadDefinition] = {}
        versions: dict[tuple[str, str], dict[str, str]] = {}
        for path, held in files.items():
            if found := _DRAFT.fullmatch(path):
                kept = definitions.setdefault(found["name"], ReadDefinition(found["name"]))
                if kept.draft is not None:
                    self._note(path, "is a second draft")
                kept.draft = held
            elif found := _VERSION.fullmatch(path):
                inside = versions.setdefault((found["name"], found["version"]), {})
                inside[found["file"]] = held
            else:
                self._note(path, "is no file of a project")
        for (name, version), inside in versions.items():
            kept = definitions.setdefault(name, ReadDefinition(name))
            if read_version := self._version(f"{name}/versions/{version}", inside):
                kept.versions[version] = read_version
        return definitions

    def _files(self) -> Iterator[tuple[str, str]]:
        for path in project_files(self._folder):
            name, file = path.as_posix(), self._folder / path
            if file.is_symlink() or not file.is_file():
                self._note(name, "is no plain file")
            elif file.stat().st_size > _LARGEST:
                self._note(name, f"is larger than {_LARGEST // 1024 // 1024} MiB")
            else:
                try:
                    yield name, file.read_bytes().decode()
                except (OSError, UnicodeDecodeError) as error:
                    self._note(name, f"cannot be read: {error}")

    def _project(self, text: str) -> ProjectFile | None:
        try:
            value: Json = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self._note(PROJECT_FILE, f"is no YAML: {' '.join(str(error).split())}")
            return None
        if is_object(value) and value.get("format") != FORMAT:
            self._note(PROJECT_FILE, f"has the format {value.get('format')!r}, not {FORMAT}")
            return None
        found = self._fitting(PROJECT_FILE, lambda: ProjectFile.model_validate(value))
        if found is not None:
            try:
                check_project(found.wanted())
            except ProjectChangeInvalid as error:
                self._note(PROJECT_FILE, f"cannot be: {error.message}")
        return found

    def _version(self, place: str, inside: dict[str, str]) -> ReadVersion | None:
        file = f"{place}/{VERSION_FILE}"
        if VERSION_FILE not in inside:
            self._note(file, "is missing")
            return None
        held = inside.pop(VERSION_FILE)
        said = self._fitting(file, lambda: VersionFile.model_validate_json(held))
        texts = [inside.pop(name) for name in _TEXTS if name in inside]
        if len(texts) != 1:
            self._note(f"{place}/definition.yaml", "is missing, or there are two")
            return None
        package: dict[str, str] = {}
        for path, text in inside.items():
            first, _, rest = path.partition("/")
            if first != PACKAGE or not rest:
                self._note(f"{place}/{path}", "is no file of a version")
            package[rest] = text
        return None if said is None else ReadVersion(place, said, texts[0], package)

    def _check(self, kept: ReadDefinition) -> None:
        if not _FULL_NAME.fullmatch(kept.name):
            self._note(kept.name, "is not `namespace.name`")
        if kept.draft is None:
            self._note(f"{kept.name}/draft.yaml", "is missing")
        for version, each in kept.versions.items():
            for why in _wrong(kept, version, each):
                self._note(*why)
        active = [version for version, each in kept.versions.items() if each.said.active]
        if len(active) > 1:
            self._note(kept.name, f"has several active versions: {', '.join(active)}")

    def _fitting(self, file: str, make: Callable[[], ModelT]) -> ModelT | None:
        try:
            return make()
        except ValidationError as error:
            for each in error.errors():
                at = "/".join(map(str, each["loc"]))
                self._note(file, f"does not fit at `{at}`: {each['msg']}")
            return None

    def _note(self, file: str, why: str) -> None:
        self._problems.append(Problem("import-file-invalid", f"It {why}.", place=file))

    def _refusal(self) -> ImportInvalid:
        first = self._problems[0]
        count = len(self._problems)
        more = f", and {count - 1} more" if count > 1 else ""
        return ImportInvalid(
            f"The folder `{self._folder}` cannot be imported: `{first.place}`"
            f" {first.message[3:].rstrip('.')}{more}.",
            hint="Nothing was imported. Export the project anew, or take back what was changed.",
            problems=self._problems,
        )


_TEXTS = ("definition.yaml", "definition.json")


def _wrong(kept: ReadDefinition, version: str, found: ReadVersion) -> Iterator[tuple[str, str]]:
    """What does not fit about a version: file, and why."""
    said, file = found.said, f"{found.place}/{VERSION_FILE}"
    if said.version != version or said.type_name != f"{kept.name}@{version}":
        yield file, f"says it is `{said.type_name}`, version {said.version}"
    yield from ((file, why) for why in _wrong_dates(said))
    yield from ((file, why) for why in _wrong_relatives(kept, said))
    yield from _wrong_hashes(found)
    named = _named(found.definition)
    if named != said.type_name:
        yield f"{found.place}/definition.yaml", f"calls itself `{named}`"


def _wrong_dates(said: VersionFile) -> Iterator[str]:
    for moment in (said.created_at, said.activated_at, said.retired_at, said.own_from):
        try:
            read_moment(moment or said.created_at)
        except ValueError as error:
            yield f"says no time: {error}"


def _wrong_relatives(kept: ReadDefinition, said: VersionFile) -> Iterator[str]:
    for other in (said.fixes, said.fixed_by):
        if other is not None and (other not in kept.versions or other == said.version):
            yield f"names the version {other}, which is not there"
    fixed = kept.versions.get(said.fixes or "")
    if fixed is not None and not _is_older(fixed.said, said):
        yield f"is a fix of {said.fixes}, which is not older"


def _is_older(one: VersionFile, other: VersionFile) -> bool:
    try:
        return read_moment(one.created_at) < read_moment(other.created_at)
    except ValueError:  # told by itself
        return True


def _wrong_hashes(found: ReadVersion) -> Iterator[tuple[str, str]]:
    said, place = found.said, found.place
    if hash_of(found.definition) != said.definition_sha256:
        yield f"{place}/definition.yaml", f"has another hash than `{VERSION_FILE}` says"
    for path in sorted(found.package.keys() | said.files.keys()):
        file = f"{place}/{PACKAGE}/{path}"
        if path not in found.package:
            yield file, "is missing"
        elif path not in said.files:
            yield file, f"is not in `{VERSION_FILE}`"
        elif hash_of(found.package[path]) != said.files[path]:
            yield file, f"has another hash than `{VERSION_FILE}` says"
    if said.files.get(said.source) != said.sha256:
        yield (
            f"{place}/{VERSION_FILE}",
            f"has another hash for `{said.source}` than for the version",
        )
    if any(".." in PurePosixPath(path).parts for path in said.files):
        yield f"{place}/{VERSION_FILE}", "names a file outside its folder"


def _named(text: str) -> str:
    value = read(text).value
    document: Json = value.get("document") if is_object(value) else None
    found: dict[str, Json] = document if is_object(document) else {}
    return "{}.{}@{}".format(*(found.get(key) for key in ("namespace", "name", "version")))
