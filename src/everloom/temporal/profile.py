"""The connection profile: the `temporal` command's own TOML file, with its variables over it.

What the SDK would pass over in silence is refused here: it takes `TEMPORAL_TLS=no` for yes.
"""

import re
from pathlib import Path

from temporalio.envconfig import ClientConfigProfile

from everloom.core import did_you_mean
from everloom.settings import Settings, temporal_environment

from .errors import ConnectionInvalid

FILE_VARIABLE = "TEMPORAL_CONFIG_FILE"
TLS = "TEMPORAL_TLS"
TLS_UNCHECKED = "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"
TLS_NAME = "TEMPORAL_TLS_SERVER_NAME"
TLS_CA = "TEMPORAL_TLS_SERVER_CA_CERT_PATH"
TLS_CERTIFICATE = "TEMPORAL_TLS_CLIENT_CERT_PATH"
TLS_KEY = "TEMPORAL_TLS_CLIENT_KEY_PATH"
_PATHS = (TLS_CA, TLS_CERTIFICATE, TLS_KEY)
TLS_VARIABLES = (
    TLS_NAME,
    TLS_UNCHECKED,
    *_PATHS,
    *(path.replace("_PATH", "_DATA") for path in _PATHS),
)

_SWITCH = {"true": True, "1": True, "false": False, "0": False}
_QUOTED_LINE = re.compile(r"\s*\d*\s*\|")
"""`3 | api_key = "secret`, and the line below it that points at the place."""


def read_profile(settings: Settings) -> ClientConfigProfile:
    """The profile of the `temporal` command's TOML file, with the variables over it.

    Raises:
        ConnectionInvalid: The file, the profile or a variable is missing or not what it should be.
    """
    environment = _checked(temporal_environment())
    file = _named_file(settings, environment)
    if file is not None and not file.is_file():
        raise ConnectionInvalid(
            f"There is no file {str(file)!r} with connection profiles.",
            hint=f"Look at `temporal.config_file` and at {FILE_VARIABLE}.",
        )
    try:
        return ClientConfigProfile.load(
            settings.temporal.profile,
            config_source=file,
            config_file_strict=True,
            override_env_vars=environment,
        )
    except RuntimeError as error:
        place = repr(str(file)) if file else "the TOML file of the `temporal` command"
        # Without the cause: it quotes the line of the file, and a key may stand on it.
        raise ConnectionInvalid(
            f"The connection profile cannot be used: {_without_quotes(str(error))}.",
            hint=f"Look into {place}, and at the TEMPORAL_* variables.",
        ) from None


def _checked(environment: dict[str, str]) -> dict[str, str]:
    """The variables without those that say nothing: the SDK takes even an empty one for TLS."""
    kept = {name: value for name, value in environment.items() if value}
    for name in sorted(kept):
        if name.startswith(f"{TLS}_") and name not in TLS_VARIABLES:
            hint = did_you_mean(name, TLS_VARIABLES)
            raise ConnectionInvalid(f"There is no variable {name}.", hint=hint)
    for name in (TLS, TLS_UNCHECKED):
        if name in kept and kept[name].strip().lower() not in _SWITCH:
            raise ConnectionInvalid(
                f"{name} is neither `true` nor `false`: {kept[name]!r}.",
                hint=f"Write {name}=true or {name}=false, or take it away.",
            )
    if TLS in kept:
        kept[TLS] = kept[TLS].strip().lower()
    unchecked = kept.pop(TLS_UNCHECKED, "false").strip().lower()
    if _SWITCH[unchecked]:
        raise ConnectionInvalid(
            f"{TLS_UNCHECKED} is set, but the SDK always checks whom it talks to.",
            hint=f"Take it away. A server of another name than its address: {TLS_NAME}; an "
            f"authority of your own: {TLS_CA}.",
        )
    return kept


def _named_file(settings: Settings, environment: dict[str, str]) -> Path | None:
    if settings.temporal.config_file is not None:
        return settings.path(settings.temporal.config_file)
    named = environment.get(FILE_VARIABLE)
    return Path(named) if named else None


def _without_quotes(said: str) -> str:
    """A message of the TOML reader without the line that it quotes: a key may stand on it."""
    kept = [line for line in said.splitlines() if not _QUOTED_LINE.match(line)]
    return ", ".join(line.strip() for line in kept if line.strip())
