"""Encrypt and decrypt payloads: AES-256-GCM, with the key's id beside the text.

A payload is encrypted whole, with its metadata, so that not even its encoding can be read. Keys never
leave this module, neither in messages nor in what is printed of its objects.
"""

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload

from .errors import PayloadKeyMissing, PayloadKeyWrong

ENCODING = b"binary/encrypted"
CIPHER = b"AES-256-GCM"
KEY_ID = "encryption-key-id"
_NONCE = 12


class Keyring:
    """Keys by id, one of which encrypts."""

    def __init__(self, keys: Mapping[str, bytes], *, active: str | None) -> None:
        self._keys = {id: AESGCM(key) for id, key in keys.items()}
        self._active = active

    @property
    def encrypts(self) -> bool:
        """Whether there is a key to encrypt with."""
        return self._active is not None

    def encrypt(self, payload: Payload) -> Payload:
        """The payload so that only this ring can read it; itself when there is no active key."""
        if self._active is None:
            return payload
        nonce = os.urandom(_NONCE)
        text = self._keys[self._active].encrypt(
            nonce, payload.SerializeToString(), _bound(self._active)
        )
        metadata = {
            "encoding": ENCODING,
            "encryption-cipher": CIPHER,
            KEY_ID: self._active.encode(),
        }
        return Payload(metadata=metadata, data=nonce + text)

    def decrypt(self, payload: Payload) -> Payload:
        """The payload that was encrypted.

        Raises:
            PayloadKeyMissing: Its key is not on this ring.
            PayloadKeyWrong: The key of that id is another one, or the payload is damaged.
        """
        id = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        key = self._keys.get(id)
        if key is None:
            raise PayloadKeyMissing(id)
        nonce, text = payload.data[:_NONCE], payload.data[_NONCE:]
        try:
            return Payload.FromString(key.decrypt(nonce, text, _bound(id)))
        except (InvalidTag, ValueError, DecodeError):
            raise PayloadKeyWrong(id) from None


def _bound(id: str) -> bytes:
    """Ties the text to the id that stands beside it. Not to the run: a payload is passed on."""
    return b"everloom:" + id.encode()
