"""How payloads are written and read: compressed, then encrypted, and back.

Reading goes by what each payload says of itself, never by the settings: so histories in which plain,
compressed and encrypted payloads follow one another, and those of former keys, are read all the same.
"""

import asyncio
from collections.abc import Callable, Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec
from typing_extensions import override

from everloom.settings import Settings, read_payload_keys

from . import compression, encryption
from .encryption import Keyring
from .errors import PayloadUnreadable
from .outside import is_outside, put_outside

ASIDE = 1024 * 1024
"""Bytes from which the work is done in a thread: it would hold up everything else on the loop."""

_LAYERS = 4
"""Layers that are taken off at most; we put on two."""


class PayloadCodecs(PayloadCodec):
    """The codec of every client, worker and replay."""

    def __init__(self, keys: Keyring, *, compress_from: int | None) -> None:
        """Say how to write.

        Args:
            keys: Those that decrypt, and the one that encrypts.
            compress_from: Compress payloads of this size and more. None: none.
        """
        self._keys = keys
        self._compress_from = compress_from

    @classmethod
    def of(cls, settings: Settings) -> "PayloadCodecs":
        """The codec that the settings ask for.

        Raises:
            SettingsInvalid: A key is missing, cannot be read, or is none.
        """
        section = settings.payloads
        keys = Keyring(
            read_payload_keys(section, settings.folder.absolute()), active=section.encrypt_with
        )
        return cls(keys, compress_from=int(section.compress_from) if section.compress else None)

    @property
    def encrypts(self) -> bool:
        """Whether it encrypts what it writes."""
        return self._keys.encrypts

    @property
    def changes(self) -> bool:
        """Whether what it writes is unreadable without it."""
        return self.encrypts or self._compress_from is not None

    @override
    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Compress and encrypt, as the settings ask for."""
        if not self.changes:
            return list(payloads)
        return await _aside(self._write, payloads)

    @override
    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Read whatever there is.

        Raises:
            PayloadKeyMissing, PayloadKeyWrong: A payload cannot be decrypted.
            PayloadUnreadable: A payload is damaged.
        """
        if not any(_encoding(each) in _OURS for each in payloads):
            return list(payloads)
        return await _aside(self.read, payloads)

    def packed_size(self, payload: Payload) -> int:
        """Bytes of a payload as it would be sent, without encrypting it."""
        if self._compress_from is None:
            return payload.ByteSize()
        return compression.compress(payload, least=self._compress_from).ByteSize()

    def read(self, payload: Payload, *, largest: int = compression.LARGEST) -> Payload:
        """Take off every layer that we may have put on.

        Raises:
            PayloadKeyMissing, PayloadKeyWrong: It cannot be decrypted.
            PayloadUnreadable: It is damaged, or larger than `largest`.
        """
        for _ in range(_LAYERS):
            match _encoding(payload):
                case encryption.ENCODING if encryption.KEY_ID in payload.metadata:
                    payload = self._keys.decrypt(payload)
                case compression.ENCODING:
                    payload = compression.decompress(payload, largest=largest)
                case _:
                    return payload
        raise PayloadUnreadable("A payload is wrapped more often than anything we write.")

    def _write(self, payload: Payload) -> Payload:
        written = payload
        if self._compress_from is not None:
            written = compression.compress(written, least=self._compress_from)
        written = self._keys.encrypt(written)
        if is_outside(payload):
            put_outside(written)
        return written


_OURS = (encryption.ENCODING, compression.ENCODING)


def _encoding(payload: Payload) -> bytes:
    return payload.metadata.get("encoding", b"")


async def _aside(work: Callable[[Payload], Payload], payloads: Sequence[Payload]) -> list[Payload]:
    if sum(len(each.data) for each in payloads) < ASIDE:
        return [work(each) for each in payloads]
    return await asyncio.to_thread(lambda: [work(each) for each in payloads])
