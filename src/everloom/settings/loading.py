"""Read the settings: defaults, then a file, then the environment. Nothing else reads either."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from everloom.core import Problem, did_you_mean

from .definitions import is_secret_variable
from .payloads import check_codec, read_payload_keys
from .problems import SettingsInvalid, problems_of
from .tree import Settings

FILE_NAMES = ("everloom.yaml", "config.yaml")
FILE_VARIABLE = "EVERLOOM_CONFIG"
_PREFIX = "EVERLOOM_"


@dataclass(frozen=True)
class Loaded:
    """Settings, and where each value that is not a default came from."""

    settings: Settings
    sources: Mapping[tuple[str, ...], str]
    file: Path | None

    @property
    def start(self) -> Path:
        """The folder in which another process finds the same settings."""
        return self.file.parent if self.file is not None else self.settings.folder


def load_settings(folder: Path | None = None) -> Settings:
    """The settings that hold in a folder (default: the current one).

    Raises:
        SettingsInvalid: A key, section or variable is misspelt, or a value does not fit.
    """
    return load_with_sources(folder).settings


def load_with_sources(folder: Path | None = None) -> Loaded:
    """As `load_settings`, with the source of each value.

    Raises:
        SettingsInvalid: A key, section or variable is misspelt, or a value does not fit.
    """
    start = (folder or Path.cwd()).absolute()
    file = _find_file(start)
    from_file = _read_file(file) if file is not None else {}
    from_environment = _read_environment()
    sources: dict[tuple[str, ...], str] = {}
    if file is not None:
        sources.update((path, file.name) for path in _leaves(from_file))
    variables = {path: _variable(path) for path in _leaves(from_environment)}
    sources.update(variables)
    places = {**(_lines(file) if file is not None else {}), **variables}

    merged = _merge(from_file, from_environment)
    merged.setdefault("folder", str(file.parent if file is not None else start))
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsInvalid(problems_of(error, Settings, sources=places)) from None
    _check_queues(settings, places)
    read_payload_keys(settings.payloads, settings.folder)
    check_codec(settings.payloads, settings.api.host)
    return Loaded(settings, sources, file)


def _find_file(start: Path) -> Path | None:
    named = os.environ.get(FILE_VARIABLE)
    if named:
        file = Path(named).absolute()
        if not file.is_file():
            raise SettingsInvalid(
                [Problem("settings-file", f"There is no file {named!r}.", "", FILE_VARIABLE)]
            )
        return file
    for folder in (start, *start.parents):
        for name in FILE_NAMES:
            if (folder / name).is_file():
                return folder / name
        if (folder / "pyproject.toml").is_file():
            return None  # the root of a project: what lies above it is somebody else's
    return None


def _read_file(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file.name}:{mark.line + 1}:{mark.column + 1}" if mark else file.name
        problem = Problem("settings-file", f"The file is not YAML: {error.problem}.", "", place)
        raise SettingsInvalid([problem]) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = Problem("settings-file", f"The file cannot be read: {error}.", "", file.name)
        raise SettingsInvalid([problem]) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        problem = Problem(
            "settings-file", "The file holds no sections.", "Write `worker:` …", file.name
        )
        raise SettingsInvalid([problem])
    return content  # pyright: ignore[reportUnknownVariableType] - checked by the model


def _lines(file: Path) -> dict[tuple[str, ...], str]:
    """File and line of everything that the file sets."""
    text = file.read_text(encoding="utf-8")
    loader = yaml.SafeLoader(text)
    root = loader.get_single_node()
    return {path: f"{file.name}:{line + 1}" for path, line in _keys(root, ())}


def _keys(node: yaml.Node | None, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        path = (*above, str(key.value))
        yield path, key.start_mark.line
        yield from _keys(value, path)


def _read_environment() -> dict[str, Any]:
    problems = [
        Problem(
            "setting-unknown",
            f"There is no section `{section}`.",
            did_you_mean(section, Settings.model_fields),
            name,
        )
        for name in sorted(os.environ)
        if name.upper().startswith(_PREFIX) and name.upper() != FILE_VARIABLE
        if not is_secret_variable(name)
        if (section := name[len(_PREFIX) :].split("__")[0].lower()) not in Settings.model_fields
    ]
    if problems:
        raise SettingsInvalid(problems)
    try:
        return EnvSettingsSource(Settings)()
    except SettingsError as error:
        raise SettingsInvalid(
            [Problem("setting-value", f"{error}.", "Write it as JSON.")]
        ) from None


def _variable(path: tuple[str, ...]) -> str:
    """The variable that set a path: the longest of its prefixes that is set."""
    present = {name.upper() for name in os.environ}
    for length in range(len(path), 0, -1):
        name = _PREFIX + "__".join(path[:length]).upper()
        if name in present:
            return name
    return "environment"


def _leaves(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        path = (*above, str(key))
        if isinstance(value, dict) and value:
            yield from _leaves(value, path)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield path


def _merge(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _merge(below, value) if both else value  # pyright: ignore[reportArgumentType, reportUnknownArgumentType]
    return merged


def _check_queues(settings: Settings, places: Mapping[tuple[str, ...], str]) -> None:
    """A queue bound to a profile that is not there would only show when its worker starts."""
    queues = settings.queues
    problems = [
        Problem(
            "profile-unknown",
            f"Queue `{queue}` follows the profile `{profile}`, which is not there.",
            did_you_mean(profile, queues.profile_names()),
            places.get(("queues", "bind", queue), ""),
        )
        for queue, profile in queues.bind.items()
        if profile not in queues.profile_names()
    ]
    if queues.default not in queues.names():
        hint = did_you_mean(queues.default, queues.names())
        place = places.get(("queues", "default"), "")
        problems.append(
            Problem(
                "queue-unknown",
                f"`queues.default` names the queue `{queues.default}`, which is not there.",
                hint,
                place,
            )
        )
    if problems:
        raise SettingsInvalid(problems)
