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


class Secrets:
    """The secrets that this installation has for definitions."""

    def __init__(self, settings: Settings) -> None:
        self._section = settings.secrets
        self._file = settings.path(settings.secrets.file) if settings.secrets.file else None
        self._folder = settings.path(settings.secrets.folder) if settings.secrets.folder else None

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
        prefix = self._section.environment_prefix
        if found is None and prefix is not None:
            found = secret_variable(prefix, name)
        if found is None:
            raise _denied(
                f"There is no secret `{name}` here: the settings `secrets` say where from."
            )
        return _fields(found) if isinstance(found, str) else found

    def _from_file(self) -> Mapping[str, Json]:
        if self._file is None:
            return {}
        try:
            held = yaml.safe_load(_text_of(self._file))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            raise _unreadable("The file of `secrets.file` cannot be read.") from None
        if not is_object(held):
            raise _unreadable("The file of `secrets.file` holds no secrets by name.")
        return held

    def _from_folder(self, name: str) -> str | dict[str, Json] | None:
        if self._folder is None:
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
