"""What is the secret of this name? Read when it is needed, so that a new one needs no restart.

Secrets come from a file, a folder or variables, as the settings `secrets` say. They are known in
activities only: no workflow, history or result ever holds one.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from everloom.flow import Fault, Json, step_fault
from everloom.settings import Settings, secret_variable

from .shapes import is_object

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,252}")
_LARGEST = 1024 * 1024

PROJECTS = "projects"
"""Where the secrets of projects are, within the file and the folder: below it by their queues."""


class Secrets:
    """The secrets that this installation has for definitions."""

    def __init__(self, settings: Settings, *, project: str | None = None) -> None:
        """Say where secrets are; none is read yet.

        Args:
            settings: They name file, folder and variables.
            project: Queue of the project whose secrets these are: it has those of its own part of
                the file, its own folder and its own variable, and no others. None: of no project.
        """
        section = settings.secrets
        self._project = project
        self._prefix = section.environment_prefix
        self._file = settings.path(section.file) if section.file else None
        self._folder = settings.path(section.folder) if section.folder else None
        if self._folder is not None and project is not None:
            self._folder = self._folder / PROJECTS / project

    async def read(self, names: Iterable[str], *, permitted: Iterable[str]) -> dict[str, Json]:
        """Secrets by name: each a text, or an object of fields.

        Args:
            names: The secrets wanted.
            permitted: The names that the definition lists under `use.secrets`.

        Raises:
            Fault: One of them may not be used, or there is no such secret.
        """
        listed = set(permitted)
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if name not in listed:
                raise _denied(f"The definition does not list the secret `{name}` in `use.secrets`.")
        return await asyncio.to_thread(self._read, wanted)

    def _read(self, names: list[str]) -> dict[str, Json]:
        from_file = self._from_file()
        return {name: self._one(name, from_file) for name in names}

    def _one(self, name: str, from_file: Mapping[str, Json]) -> Json:
        if not _NAME.fullmatch(name):
            raise _denied(f"{name[:64]!r} is no name of a secret: letters, digits, `.`, `_`, `-`.")
        if name in from_file:
            return _plain(name, from_file[name])
        found = self._from_folder(name)
        if found is None:
            found = self._from_variable(name)
        if found is None:
            where = "here" if self._project is None else f"for the project `{self._project}`"
            raise _denied(
                f"There is no secret `{name}` {where}: the settings `secrets` say where from."
            )
        return _fields(found) if isinstance(found, str) else found

    def _from_variable(self, name: str) -> Json:
        """Of no project: a variable of its own. Of a project: one variable has all of them.

        Were it a variable a secret, those of two projects could meet in one name.
        """
        if self._prefix is None:
            return None
        if self._project is None:
            return secret_variable(self._prefix, name)
        held = _fields(secret_variable(self._prefix, f"project-{self._project}") or "")
        return held.get(name) if is_object(held) else None

    def _from_file(self) -> Mapping[str, Json]:
        if self._file is None:
            return {}
        try:
            held = yaml.safe_load(_text_of(self._file))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            raise _unreadable("The file of `secrets.file` cannot be read.") from None
        if not is_object(held):
            raise _unreadable("The file of `secrets.file` holds no secrets by name.")
        if self._project is not None:
            return _part(held, self._project)
        return {name: each for name, each in held.items() if name != PROJECTS}

    def _from_folder(self, name: str) -> str | dict[str, Json] | None:
        if self._folder is None or (self._project is None and name == PROJECTS):
            return None
        place = self._folder / name
        try:
            if place.is_file():
                return _text_of(place).removesuffix("\n")
            if not place.is_dir():
                return None
            fields = sorted(each for each in place.iterdir() if not each.name.startswith(".."))
            return {
                each.name: _text_of(each).removesuffix("\n") for each in fields if each.is_file()
            }
        except (OSError, UnicodeDecodeError):
            raise _unreadable(f"The secret `{name}` of `secrets.folder` cannot be read.") from None


def _part(held: Mapping[str, Json], project: str) -> Mapping[str, Json]:
    projects = held.get(PROJECTS)
    found = projects.get(project) if is_object(projects) else None
    return found if is_object(found) else {}


def _text_of(file: Path) -> str:
    with file.open(encoding="utf-8") as opened:
        return opened.read(_LARGEST)


def _fields(text: str) -> Json:
    """An object where the text is one, else the text."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _plain(name: str, value: Json) -> Json:
    """A value of YAML as JSON has it: a date or a set is none."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError):
        raise _unreadable(f"The secret `{name}` is neither a text nor an object.") from None


def _denied(detail: str) -> Fault:
    return step_fault("authorization", title="Secret not available", detail=detail)


def _unreadable(detail: str) -> Fault:
    return step_fault("configuration", title="Secrets not readable", detail=detail)
