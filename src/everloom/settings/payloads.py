"""Settings of payloads: where large ones lie, how they are written, who may read them, how large."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ByteSize, Field, PositiveInt, SecretStr

from everloom.core import Duration, Problem, did_you_mean

from .problems import SettingsInvalid
from .sections import Section

KEY_LENGTH = 32
"""Bytes of a key: AES-256."""

SHORTEST_RETENTION = timedelta(days=2)
"""A day in which a stored payload may be used again, and a day until Temporal knows of it."""

_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MAKE_ONE = "Make one with `openssl rand -base64 32`."


def _long_enough(value: timedelta) -> timedelta:
    if value < SHORTEST_RETENTION:
        raise ValueError("it must be 2d or more: younger payloads may still be on their way")
    return value


class PayloadSettings(Section):
    """What becomes of inputs and results on their way to Temporal."""

    external: bool = True
    """Keep payloads of `threshold` and more in the object store, and give Temporal a reference.
    Switched off, references that were written before are still read."""

    threshold: ByteSize = ByteSize(256 * 1024)
    """From this size on a payload is kept in the object store; what counts is its size as it is
    sent, after compression and encryption."""

    retention: Annotated[Duration, AfterValidator(_long_enough)] = timedelta(days=7)
    """How old a stored payload must be before `everloom payloads clean` looks whether anything
    refers to it; 2d at least. It is deleted only when nothing does."""

    compress: bool = False
    """Compress payloads with zstd where that makes them smaller."""

    compress_from: ByteSize = ByteSize(1024)
    """Smaller payloads are not compressed."""

    encrypt_with: str | None = None
    """Id of the key that payloads are encrypted with (AES-256-GCM), and messages of failures too.
    None: nothing is encrypted. Search attributes, ids and names of types stay readable."""

    keys: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])
    """Keys by id, each 32 bytes in base64. All of them decrypt; keep an old one for as long as
    something encrypted with it is kept."""

    key_files: dict[str, Path] = Field(default_factory=dict[str, Path])
    """Files that hold such a key, by id: 32 bytes, or their base64. Read at start-up."""

    warn_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """From this share of a limit on, a payload or history that grows is reported in the log."""

    limit: ByteSize = ByteSize(2 * 1024 * 1024)
    """Largest payload that Temporal itself takes (its `limit.blobSize.error`). What is larger, and
    not kept in the object store, fails with `payload-too-large` where it is made."""

    external_limit: ByteSize = ByteSize(256 * 1024 * 1024)
    """Largest payload that is kept in the object store. Whoever reads one has it in memory whole."""

    history_events: PositiveInt = 51_200
    """Events after which Temporal ends a run; shortly before, it fails with `history-too-large`."""

    history_size: ByteSize = ByteSize(50 * 1024 * 1024)
    """Size of the history at which Temporal ends a run."""

    codec: Literal["off", "token", "open"] = "off"
    """Who may have payloads decoded by the API at `/codec`, for Temporal's web interface and command:
    nobody, who has a token of `codec_tokens`, or everybody who reaches it (only on loopback)."""

    codec_tokens: tuple[SecretStr, ...] = ()
    """Tokens that open `/codec`, each 16 characters at least."""

    codec_origins: tuple[str, ...] = ()
    """Web pages that may ask `/codec`: the origin of Temporal's web interface, for example
    `https://temporal.example.com`."""

    codec_limit: ByteSize = ByteSize(16 * 1024 * 1024)
    """Largest request to `/codec`, and largest answer; a stored payload that does not fit into it
    stays a reference."""


def read_payload_keys(section: PayloadSettings, folder: Path) -> Mapping[str, bytes]:
    """The keys by id.

    Args:
        section: The settings that hold or name them.
        folder: Where relative paths of key files start.

    Raises:
        SettingsInvalid: A key is missing, cannot be read, or is none.
    """
    problems: list[Problem] = []
    keys: dict[str, bytes] = {}
    for id, written in _written_keys(section, folder):
        key = written if isinstance(written, Problem) else _key_of(id, written)
        if isinstance(key, Problem):
            problems.append(key)
        else:
            keys[id] = key
    problems += _wrong_ids(section)
    if problems:
        raise SettingsInvalid(problems)
    return keys


def _written_keys(section: PayloadSettings, folder: Path) -> Iterator[tuple[str, bytes | Problem]]:
    for id, secret in section.keys.items():
        yield id, secret.get_secret_value().encode()
    for id, path in section.key_files.items():
        try:
            yield id, (folder / path).absolute().read_bytes()
        except OSError as error:
            said = f"The file of the key `{id}` cannot be read: {error.strerror}."
            yield id, Problem("payload-key", said, "", f"payloads.key_files.{id}")


def _key_of(id: str, written: bytes) -> bytes | Problem:
    """The key itself. What was found is never said: it may be most of a key."""
    try:
        key = base64.b64decode(b"".join(written.split()), validate=True)
    except binascii.Error:
        # Only what is no base64 is taken as it is: 32 characters may also be a key of 24 bytes.
        if len(written) == KEY_LENGTH and not written.isascii():
            return written
        return Problem("payload-key", f"The key `{id}` is not base64.", _MAKE_ONE, "payloads.keys")
    if len(key) != KEY_LENGTH:
        said = f"The key `{id}` has {len(key)} bytes, and not {KEY_LENGTH}."
        return Problem("payload-key", said, _MAKE_ONE, "payloads.keys")
    return key


def _wrong_ids(section: PayloadSettings) -> Iterator[Problem]:
    known = (*section.keys, *section.key_files)
    for id in known:
        if not _KEY_ID.fullmatch(id):
            said = f"{id[:64]!r} is no id of a key: letters, digits, `.`, `_` and `-`, 64 at most."
            yield Problem("payload-key", said, "", "payloads.keys")
    for id in section.keys.keys() & section.key_files.keys():
        yield Problem("payload-key", f"The key `{id}` is given twice.", "", "payloads.key_files")
    if section.encrypt_with is not None and section.encrypt_with not in known:
        said = f"There is no key `{section.encrypt_with}`."
        hint = did_you_mean(section.encrypt_with, known) or "Add it to `payloads.keys`."
        yield Problem("payload-key", said, hint, "payloads.encrypt_with")


def check_codec(section: PayloadSettings, host: str) -> None:
    """Refuse a codec endpoint that would be open to more people than was meant.

    Args:
        section: The settings of payloads.
        host: Where the API listens.

    Raises:
        SettingsInvalid: It is open but not on loopback, or its tokens are missing or too short.
    """
    problem: Problem | None = None
    if section.codec == "open" and host not in {"127.0.0.1", "::1", "localhost"}:
        said = f"`/codec` may not be open to everybody while the API listens on {host}."
        problem = Problem("codec-open", said, "Use `token`.", "payloads.codec")
    elif section.codec == "token" and not section.codec_tokens:
        said = "`/codec` asks for a token, and there is none."
        problem = Problem("codec-token", said, "Set `codec_tokens`.", "payloads.codec_tokens")
    elif any(len(each.get_secret_value()) < 16 for each in section.codec_tokens):
        said = "A token for `/codec` is shorter than 16 characters."
        problem = Problem(
            "codec-token", said, "Make one with `openssl rand -hex 32`.", "payloads.codec_tokens"
        )
    if problem is not None:
        raise SettingsInvalid([problem])
