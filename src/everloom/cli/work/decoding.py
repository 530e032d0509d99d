"""How `everloom dev` lets Temporal's web interface show what is compressed or encrypted."""

import json

from everloom.engine import Engine
from everloom.payloads import PayloadCodecs
from everloom.settings import Settings

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def with_codec(settings: Settings, api: str) -> Settings:
    """The settings, with the API's codec endpoint for the web interface where it is needed.

    Args:
        settings: Those of the folder.
        api: Address of the API.

    Raises:
        SettingsInvalid: A key cannot be used.
    """
    if not _opens(settings) or settings.engine.ui_codec is not None:
        return settings
    engine = settings.engine.model_copy(update={"ui_codec": f"{api}/codec"})
    return settings.model_copy(update={"engine": engine})


def codec_environment(settings: Settings, engine: Engine | None) -> dict[str, str]:
    """What the API is told besides its settings: to answer the engine's web interface.

    That interface of a development server knows no tokens, so the endpoint is open: to pages of the
    interface, and to programs of this machine, to which the development server is open anyway.
    """
    if engine is None or engine.ui_url is None or not _opens(settings):
        return {}
    url = engine.ui_url.rstrip("/")
    pages = {url, url.replace("127.0.0.1", "localhost"), *settings.payloads.codec_origins}
    return {
        "EVERLOOM_PAYLOADS__CODEC": "open",
        "EVERLOOM_PAYLOADS__CODEC_ORIGINS": json.dumps(sorted(pages)),
    }


def _opens(settings: Settings) -> bool:
    """Only on loopback, and only where there is something to decode."""
    return settings.api.host in _LOOPBACK and PayloadCodecs.of(settings).changes
